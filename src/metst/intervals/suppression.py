"""Many overlapping detections to few: the best of those that overlap, or their weighted mean.

Shapes: N detections with onset, offset, score and class, as the rows of (N, 4); bounds in frames.
"""

import torch
from torch import Tensor

_LENGTH_FLOOR = 1e-6
"""Least union of two intervals: one without length overlaps nothing."""


def suppressed(found: Tensor, most: float, top: int, *, by_class: bool) -> Tensor:
    """Non-maximum suppression: the `top` surest (M, 4) that overlap no surer one.

    Args:
        found: (N, 4).
        most: largest IoU with a surer one that is kept.
        top: how many are kept.
        by_class: intervals of two classes do not overlap.
    """
    rest = found[found[:, 2].argsort(descending=True, stable=True)]
    kept: list[Tensor] = []
    while len(rest) and len(kept) < top:
        best, rest = rest[0], rest[1:]
        kept.append(best)
        apart = ious(best, rest) <= most
        rest = rest[apart | (rest[:, 3] != best[3])] if by_class else rest[apart]
    return torch.stack(kept) if kept else found[:0]


def fused(found: Tensor, least: float, most: float, *, lone: bool) -> Tensor:
    """Weighted box fusion: clusters (M, 4), surest first.

    In the order of their scores detections join the cluster whose fused interval overlaps most. Its
    bounds are means weighted by the squared score, its score the mean squared score; its class is
    that of its surest.

    Args:
        found: (N, 4).
        least: lower scores are passed over.
        most: IoU above which a detection joins a cluster.
        lone: a cluster of one keeps its own score, not the square.
    """
    chosen = found[found[:, 2] >= least]
    chosen = chosen[chosen[:, 2].argsort(descending=True, stable=True)]
    clusters, sums = chosen[:0].clone(), chosen.new_zeros(0, 4)
    for one in chosen:
        weight = one[2] ** 2
        part = torch.stack([weight * one[0], weight * one[1], weight, torch.ones_like(weight)])
        overlap = ious(one, clusters)
        if len(clusters) and float(overlap.max()) > most:
            at = int(overlap.argmax())
            sums[at] += part
            bounds = sums[at, :2] / sums[at, 2]
            clusters[at, :2], clusters[at, 2] = bounds, sums[at, 2] / sums[at, 3]
        else:
            alone = torch.cat([one[:2], one[2:3] if lone else weight[None], one[3:]])
            clusters, sums = torch.cat([clusters, alone[None]]), torch.cat([sums, part[None]])
    return clusters[clusters[:, 2].argsort(descending=True, stable=True)]


def ious(one: Tensor, others: Tensor) -> Tensor:
    """Intersection over union (N,) of one interval with others (N, 4)."""
    shared = torch.minimum(one[1], others[:, 1]) - torch.maximum(one[0], others[:, 0])
    shared = shared.clamp(min=0)
    union = (one[1] - one[0]) + (others[:, 1] - others[:, 0]) - shared
    return shared / union.clamp(min=_LENGTH_FLOOR)
