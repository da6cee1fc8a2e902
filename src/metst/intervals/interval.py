"""Intervals of many videos side by side, and how much they overlap.

Shapes: P predicted and G annotated intervals.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Intervals:
    """Intervals with a class, each (N,) int64; onset and offset both inclusive.

    Attributes:
        video: index of the video.
        onset: first frame.
        offset: last frame.
        label: class; the number of emotions stands for neutral.
    """

    video: Tensor
    onset: Tensor
    offset: Tensor
    label: Tensor

    def __len__(self) -> int:
        return len(self.video)

    def to(self, device: torch.device) -> "Intervals":
        """The same on another device."""
        return Intervals(*(x.to(device) for x in (self.video, self.onset, self.offset, self.label)))

    def take(self, places: Tensor) -> "Intervals":
        """Those at some places, in the shape of `places`."""
        columns = self.video, self.onset, self.offset, self.label
        return Intervals(*(x[places] for x in columns))

    @staticmethod
    def of(rows: list[tuple[int, int, int, int]]) -> "Intervals":
        """From rows (video, onset, offset, label)."""
        return Intervals(*torch.tensor(rows, dtype=torch.int64).reshape(-1, 4).unbind(1))


def overlap(predicted: Intervals, annotated: Intervals) -> Tensor:
    """Intersection over union (P, G) float64 in whole frames; 0 between different videos.

    Args:
        predicted: (P,).
        annotated: (G,), or (P, G) where each predicted one is compared with others.
    """
    first = torch.maximum(predicted.onset[:, None], annotated.onset)
    last = torch.minimum(predicted.offset[:, None], annotated.offset)
    same = predicted.video[:, None] == annotated.video
    shared = (last - first + 1).clamp(min=0) * same
    length = (predicted.offset - predicted.onset + 1)[:, None]
    union = length + (annotated.offset - annotated.onset + 1) - shared
    # An annotation that ends before it begins has no frames: nothing overlaps it.
    return shared.double() / union.clamp(min=1)
