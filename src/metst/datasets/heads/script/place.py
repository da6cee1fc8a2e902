"""Where in a video the planned expressions stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.script.plan import PlannedExpression, VideoPlan
from metst.datasets.labels.records import Kind

GAP_SECONDS: Final = 0.1
"""Least rest between expressions, and before the first and after the last, s."""

INSIDE: Final = 0.5
"""Share of the MEs under a longer MaE that lie within it; the others anywhere along it."""


@dataclass(frozen=True)
class Placed:
    """A planned expression and its first frame, counted from 0."""

    kind: Kind
    planned: PlannedExpression
    start: int


def room(lengths: Sequence[int], gap: int) -> int:
    """Frames that expressions need in a row, each with a gap before it."""
    return sum(lengths) + gap * len(lengths)


def apart(lengths: Sequence[int], frames: int, gap: int, rng: np.random.Generator) -> list[int]:
    """Random first frames, rising, of intervals that lie apart.

    The frames left over are dealt at random. There must be `room(lengths, gap) + gap` frames.
    """
    free = frames - room(lengths, gap) - gap
    quiet = np.sort(rng.integers(free + 1, size=len(lengths)))
    before = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if lengths else np.zeros(0, int)
    starts = quiet + before + gap * np.arange(1, len(lengths) + 1)
    return [int(start) for start in starts]


def placed(options: HeadsOptions, plan: VideoPlan, rng: np.random.Generator) -> list[Placed]:
    """All MEs and MaEs of a video in their places; only those laid over each other overlap."""
    blocks = [[Placed("micro", micro, 0)] for micro in plan.micro]
    for macro in plan.macro:
        if macro.over is None:
            blocks.append([Placed("macro", macro, 0)])
        else:
            blocks[macro.over] = _laid_over(macro, plan.micro[macro.over], rng)
    blocks = [blocks[i] for i in rng.permutation(len(blocks))]
    lengths = [max(p.start + p.planned.frames for p in block) for block in blocks]
    starts = apart(lengths, plan.frames, round(GAP_SECONDS * options.fps), rng)
    return [
        Placed(p.kind, p.planned, start + p.start)
        for start, block in zip(starts, blocks, strict=True)
        for p in block
    ]


def _laid_over(
    macro: PlannedExpression, micro: PlannedExpression, rng: np.random.Generator
) -> list[Placed]:
    """A MaE and an ME that overlap, counted from the first frame of both."""
    inside = macro.frames - micro.frames
    if inside >= 0 and rng.random() < INSIDE:
        late = int(rng.integers(inside + 1))
    else:
        late = int(rng.integers(1 - micro.frames, macro.frames))
    first = min(0, late)
    return [Placed("macro", macro, -first), Placed("micro", micro, late - first)]
