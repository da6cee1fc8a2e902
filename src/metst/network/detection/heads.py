"""The heads that all levels share: with anchors and without, a class and a place each.

Shapes: B windows, R channels, T steps of a level, P points of all levels, A = 5 P anchors.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from metst.network.detection.geometry import SCALES

CLASSES = 2
"""Macro-expression, then micro-expression: labels 1 and 2; 0 is neither."""


class Outputs(NamedTuple):
    """What a detector answers for each window; classes are logits.

    Attributes:
        free_class: (B, P, 2) of each point.
        free_place: (B, P, 2) distances from it to onset and offset, in strides of its level.
        anchor_class: (B, A, 2) of each anchor.
        anchor_place: (B, A, 2) shift in its widths, and logarithm of the relative width.
    """

    free_class: Tensor
    free_place: Tensor
    anchor_class: Tensor
    anchor_place: Tensor


class Heads(nn.ModuleList):
    """Four branches.

    Args:
        channels: R.
        hidden: channels inside.
    """

    def __init__(self, channels: int, hidden: int) -> None:
        items = (CLASSES, 2, CLASSES * len(SCALES), 2 * len(SCALES))
        super().__init__(
            nn.Sequential(
                nn.Conv1d(channels, hidden, 3, padding=1),
                nn.Mish(),
                nn.Conv1d(hidden, hidden, 3, padding=1),
                nn.Mish(),
                nn.Conv1d(hidden, count, 3, padding=1),
            )
            for count in items
        )

    def forward(self, levels: Sequence[Tensor]) -> Outputs:
        """Outputs for levels (B, R, T), fine to coarse."""
        free_class, free_place, anchor_class, anchor_place = (
            torch.cat([_items(branch(level)) for level in levels], 1) for branch in self
        )
        return Outputs(free_class, free_place.relu(), anchor_class, anchor_place)


def _items(maps: Tensor) -> Tensor:
    """(B, 2 n, T) -> (B, n T, 2): per step its n anchors, per anchor its two items."""
    return maps.transpose(1, 2).reshape(len(maps), -1, 2)
