"""Where a detector's points and anchors lie in a window, and what intervals each answers for.

Shapes: P points of all levels, A = 5 P anchors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

SCALES = (0.5, 0.75, 1.0, 1.5, 2.0)
"""Widths of the anchors at a point, in strides of its level."""


class Grid(NamedTuple):
    """Points and anchors, in frames of a window of so many frames.

    Attributes:
        points: (P,) frames, each in the middle of its stride.
        stride: (P,) from one point of a level to the next.
        reach: (P, 2) low and high end of each point's range.
        anchors: (A, 2) centres and widths; those of a point are neighbours.
    """

    window: int
    points: Tensor
    stride: Tensor
    reach: Tensor
    anchors: Tensor


@dataclass(frozen=True)
class Geometry:
    """Levels of points, fine to coarse; all lengths in frames.

    Attributes:
        window: frames of a window.
        strides: from one point of a level to the next.
        ranges: of each level, the reach (low, high) of an interval around a point that the point
            answers for; reach is the greater of the distances to onset and offset.
    """

    window: int
    strides: tuple[int, ...]
    ranges: tuple[tuple[int, int], ...]

    @cache  # noqa: B019 - there are few
    @torch.inference_mode(mode=False)  # what a test made first serves training, too
    def grid(self, device: torch.device = torch.device("cpu")) -> Grid:  # noqa: B008
        """All points and anchors on a device."""
        counts = torch.tensor([self.window // stride for stride in self.strides])
        steps = torch.cat([torch.arange(count) for count in counts.tolist()])

        def spread(values: Sequence[int]) -> Tensor:
            return torch.tensor(values, dtype=torch.float32).repeat_interleave(counts)

        stride = spread(self.strides)
        points = (steps + 0.5) * stride
        reach = torch.stack([spread(ends) for ends in zip(*self.ranges, strict=True)], 1)
        widths = stride[:, None] * torch.tensor(SCALES)  # (P, 5)
        anchors = torch.stack([points[:, None].expand_as(widths), widths], 2).reshape(-1, 2)
        made = (x.to(device) for x in (points, stride, reach, anchors))
        return Grid(self.window, *made)
