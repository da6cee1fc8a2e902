"""What changes training batches at random."""

from metst.samples.augmentations.base import Augmentation, Batch
from metst.samples.augmentations.flow import ChannelDropout, MirroredFace, TimeWarp
from metst.samples.augmentations.gain import Gain

__all__ = ["Augmentation", "Batch", "ChannelDropout", "Gain", "MirroredFace", "TimeWarp"]
