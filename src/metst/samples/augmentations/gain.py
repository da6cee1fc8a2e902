"""Movements of another strength."""

import numpy as np
import torch

from metst.base.settings import require
from metst.samples.augmentations.base import Augmentation, Batch


class Gain(Augmentation):
    """Multiplies the input of each sample by one random factor.

    Args:
        lowest: the least factor, in percent (released: 90).
        highest: the greatest, in percent (released: 110).

    Raises:
        ConfigError: the percentages are negative, or in the wrong order.
    """

    def __init__(self, lowest: int = 90, highest: int = 110) -> None:
        require("Gain.lowest", lowest, 0 <= lowest <= highest, f"0 to {highest} percent")
        self.lowest, self.highest = lowest, highest

    def apply(self, batch: Batch, draw: np.random.Generator) -> Batch:
        """Input (B, ...); targets stay."""
        values, *targets = batch
        percent = draw.integers(self.lowest, self.highest, len(values), endpoint=True)
        gain = torch.from_numpy(percent / 100).float()
        return values * gain.reshape(-1, *[1] * (values.ndim - 1)), *targets
