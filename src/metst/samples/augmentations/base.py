"""What an augmentation is."""

from abc import ABC, abstractmethod

import numpy as np
from torch import Tensor

from metst.features.roi_flow import RoiSet

Batch = tuple[Tensor, ...]
"""What a system is trained on at once; the first tensor is its input (B, ...)."""


class Augmentation(ABC):
    """Changes a training batch at random."""

    def prepare(self, rois: RoiSet) -> None:  # noqa: B027 - few need to
        """Look at the regions whose flow the samples have, x and y of each in order.

        Called once by samples of ROI flow.

        Raises:
            ConfigError: it cannot work with them.
        """

    @abstractmethod
    def apply(self, batch: Batch, draw: np.random.Generator) -> Batch:
        """The batch, changed; its tensors are not written to.

        Args:
            batch: of ROI flow: flow (B, C, T), spotting target (B, T), emotion class (B, T).
            draw: draws by (seed, subject, name of the class, epoch, batch), so that a batch that is
                made again is the same.
        """
