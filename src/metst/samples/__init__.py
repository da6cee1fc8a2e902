"""From features and annotations to what a system is trained on."""

from metst.samples.base import Samples, expect
from metst.samples.flow_sequences import FlowSequences
from metst.samples.flow_windows import FlowWindows
from metst.samples.fold import Fold
from metst.samples.i3d_sequences import I3DSequences
from metst.samples.onset_apex import OnsetApexImages
from metst.samples.pair_images import PairImages
from metst.samples.stored import Stored

__all__ = [
    "FlowSequences",
    "FlowWindows",
    "Fold",
    "I3DSequences",
    "OnsetApexImages",
    "PairImages",
    "Samples",
    "Stored",
    "expect",
]
