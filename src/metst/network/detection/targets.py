"""Which annotated interval each point and each anchor answers for.

Shapes: B windows, G annotated intervals of the window that has the most, P points, A anchors.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from metst.network.detection.geometry import Grid

POSITIVE, NEGATIVE = 0.5, 0.4
"""An anchor is positive above the one overlap and negative below the other."""

NO_BOX = -1
"""Label in place of an interval that a window does not have; 0 is a fake one, see `samples`."""


class Boxes(NamedTuple):
    """Annotated intervals of windows.

    Attributes:
        place: (B, G, 2) onset and offset, in frames of the window.
        label: (B, G) class, 0 of a fake interval, `NO_BOX` where there is none.
    """

    place: Tensor
    label: Tensor


class FreeTargets(NamedTuple):
    """Of points: label (B, P), 0 for neither class, and distances (B, P, 2) in strides."""

    label: Tensor
    place: Tensor


class AnchorTargets(NamedTuple):
    """Of anchors, each (B, A): best overlap, and where it is above `POSITIVE` label and interval.

    Attributes:
        overlap: intersection over union with the interval that overlaps most.
        label: of that interval.
        box: (B, A, 2) its centre and width.
    """

    overlap: Tensor
    label: Tensor
    box: Tensor


def free_targets(boxes: Boxes, grid: Grid) -> FreeTargets:
    """The shortest interval around each point whose reach is in the point's range."""
    points, stride = grid.points, grid.stride  # (P,)
    onset, offset = (boxes.place[..., i, None] for i in (0, 1))  # (B, G, 1)
    sides = torch.stack([points - onset, offset - points], -1)  # (B, G, P, 2)
    reach = sides.amax(-1)
    low, high = grid.reach.unbind(1)
    fits = (sides > 0).all(-1) & (low <= reach) & (reach < high)
    fits &= (boxes.label != NO_BOX)[..., None]
    length = torch.where(fits, offset - onset, torch.inf)  # (B, G, P)
    shortest = length.min(1)
    found = shortest.values < torch.inf
    label = boxes.label.gather(1, shortest.indices)
    place = sides.take_along_dim(shortest.indices[:, None, :, None], 1)[:, 0]  # (B, P, 2)
    label = torch.where(found, label, 0)
    return FreeTargets(label, torch.where(found[..., None], place / stride[:, None], 0.0))


def anchor_targets(boxes: Boxes, grid: Grid) -> AnchorTargets:
    """The interval that overlaps each anchor most, the first on ties."""
    centre, width = grid.anchors.unbind(1)  # (A,)
    anchors = torch.stack([centre - width / 2, centre + width / 2], 1)
    place = boxes.place[:, :, None]  # (B, G, 1, 2)
    shared = torch.minimum(place[..., 1], anchors[:, 1]) - torch.maximum(
        place[..., 0], anchors[:, 0]
    )
    length = place[..., 1] - place[..., 0]
    overlap = shared.clamp(min=0) / (width + length - shared.clamp(min=0))
    overlap = torch.where((boxes.label != NO_BOX)[..., None], overlap, 0.0)
    best = overlap.max(1)
    taken = best.values > POSITIVE
    label = torch.where(taken, boxes.label.gather(1, best.indices), 0)
    box = torch.stack([boxes.place.mean(-1), length[..., 0]], -1)  # (B, G, 2)
    box = box.take_along_dim(best.indices[..., None], 1)
    return AnchorTargets(best.values, label, torch.where(taken[..., None], box, 0.0))
