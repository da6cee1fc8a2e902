"""From a detector's answers to candidates: intervals with a score and a class.

Shapes: B windows, P points, A = 5 P anchors, N candidates.
"""

import torch
from torch import Tensor

from metst.network.detection.geometry import Grid
from metst.network.detection.heads import Outputs


def candidates(outputs: Outputs, grid: Grid) -> Tensor:
    """Onset, offset, score and class (B, A + P, 4) of every anchor, then of every point.

    Frames are those of the window: an onset before it and an offset behind it are cut off. One that
    lies outside altogether ends before it begins.
    """
    stride, points = grid.stride[:, None], grid.points[:, None]  # (P, 1)
    sides = outputs.free_place * stride * torch.tensor([-1.0, 1.0]).to(points)
    centre, width = grid.anchors.unbind(1)  # (A,)
    middle = centre + outputs.anchor_place[..., 0] * width
    half = width * outputs.anchor_place[..., 1].exp() / 2
    anchored = torch.stack([middle - half, middle + half], -1)
    onset, offset = torch.cat([anchored, points + sides], 1).unbind(-1)
    ends = onset.clamp(min=0), offset.clamp(max=grid.window)
    logits = torch.cat([outputs.anchor_class, outputs.free_class], 1)
    score, label = logits.sigmoid().max(-1)
    return torch.stack([*ends, score, label + 1.0], -1)


def pooled(found: Tensor, starts: Tensor, anchors: int) -> Tensor:
    """Candidates (N, 4) of one video in its frames, all anchors first.

    Args:
        found: (B, A + P, 4) of its windows.
        starts: (B,) first frame of each window.
        anchors: A.
    """
    moved = found.clone()
    moved[..., :2] += starts[:, None, None]
    return torch.cat([moved[:, :anchors].flatten(0, 1), moved[:, anchors:].flatten(0, 1)])
