"""What LSSNet and LGSNet minimize: the sum of four losses, a class and a place of either head.

Shapes: B windows, P points, A anchors.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from metst.network.detection.geometry import Grid
from metst.network.detection.heads import CLASSES, Outputs
from metst.network.detection.targets import (
    NEGATIVE,
    POSITIVE,
    AnchorTargets,
    Boxes,
    FreeTargets,
    anchor_targets,
    free_targets,
)

_TINY = 1e-6
_POWER, _SHARE = 2, 0.25  # of the focal loss: exponent, weight of the target class


@dataclass(frozen=True)
class LossRules:
    """Where the two systems differ.

    Attributes:
        weight: of the place of favoured intervals, of points.
        favoured: intervals of so many frames at most; None: micro-expressions.
        beta: where the loss of an anchor's place becomes linear.
        widest: most that is taken for an anchor's logarithm of the relative width.
        windows_counted: the loss of the anchors' classes is divided by their positives and the
            windows; else by the positives alone.
        clamped: an intersection of points is never 0.
    """

    weight: float = 1.0
    favoured: float | None = None
    beta: float = 1.0
    widest: float = torch.inf
    windows_counted: bool = True
    clamped: bool = True


class Losses(NamedTuple):
    """The four losses."""

    free_class: Tensor
    free_place: Tensor
    anchor_class: Tensor
    anchor_place: Tensor


def detection_loss(outputs: Outputs, boxes: Boxes, grid: Grid, rules: LossRules) -> Losses:
    """The four losses of a batch; their plain sum is minimized.

    Args:
        outputs: of the network.
        boxes: what is annotated in the windows.
        grid: of the network's points and anchors.
        rules: of the system.
    """
    free, anchors = free_targets(boxes, grid), anchor_targets(boxes, grid)
    windows = len(boxes.label)
    positive = anchors.overlap > POSITIVE
    counted = positive | (anchors.overlap < NEGATIVE)
    divisor = positive.sum() + (windows if rules.windows_counted else 0)
    return Losses(
        focal(outputs.free_class, free.label).sum() / ((free.label > 0).sum() + windows),
        _free_place(outputs.free_place, free, grid, rules),
        (focal(outputs.anchor_class, anchors.label) * counted).sum() / divisor.clamp(min=1),
        _anchor_place(outputs.anchor_place, anchors, positive, grid, rules),
    )


def focal(logits: Tensor, label: Tensor) -> Tensor:
    """Focal loss (B, N), summed over the classes, of logits (B, N, 2) for labels 0, 1, 2 (B, N)."""
    target = label[..., None] == torch.arange(1, CLASSES + 1, device=label.device)
    q = torch.where(target, logits.sigmoid(), 1 - logits.sigmoid()).clamp(min=_TINY)
    weight = torch.where(target, _SHARE, 1 - _SHARE)
    return -(weight * (1 - q) ** _POWER * q.log()).sum(-1)


def _free_place(place: Tensor, targets: FreeTargets, grid: Grid, rules: LossRules) -> Tensor:
    """Mean of 1 - IoU over the positive points."""
    chosen = targets.label > 0
    found, wanted = place[chosen], targets.place[chosen]  # (N, 2)
    shared = torch.minimum(found, wanted).sum(-1)
    if rules.clamped:
        shared = shared.clamp(min=_TINY)
    loss = 1 - shared / (found.sum(-1) + wanted.sum(-1) - shared)
    if rules.favoured is None:
        favoured = targets.label[chosen] == CLASSES
    else:
        frames = (targets.place.sum(-1) * grid.stride)[chosen]
        favoured = frames <= rules.favoured
    return _mean(torch.where(favoured, rules.weight, 1.0) * loss)


def _anchor_place(
    place: Tensor, targets: AnchorTargets, positive: Tensor, grid: Grid, rules: LossRules
) -> Tensor:
    """Mean smoothed difference of shift and width over the positive anchors."""
    centre, width = grid.anchors.unbind(1)  # (A,)
    shift = (targets.box[..., 0] - centre) / width
    wider = (targets.box[..., 1] / width).clamp(min=_TINY).log()
    found = torch.stack([place[..., 0], place[..., 1].clamp(max=rules.widest)], -1)
    gap = (found - torch.stack([shift, wider], -1))[positive].abs()  # (N, 2)
    return _mean((0.5 * ((gap - rules.beta) * gap.clamp(max=rules.beta) + gap)).sum(-1))


def _mean(losses: Tensor) -> Tensor:
    """Mean (N,) -> (), 0 of nothing."""
    return losses.sum() / max(1, len(losses))
