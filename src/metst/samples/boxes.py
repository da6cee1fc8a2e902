"""Windows of sequences with the annotated intervals in them, as detectors are trained on.

Shapes: G annotated intervals of a video.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metst.datasets.labels.records import Kind

KINDS: tuple[Kind, ...] = ("macro", "micro")
"""Expressions of the classes 1 and 2."""

_INSIDE = 0.9
"""An interval belongs to a window that has more than this share of it."""

Box = tuple[float, float, int]
"""Onset and offset in frames, and the class, 0 of a fake one."""


@dataclass(frozen=True)
class Fake:
    """A kind of made-up interval for windows without an annotated one.

    Attributes:
        share: of such intervals.
        shortest: frames.
        longest: frames; None: up to the end of the window.
        margin: frames from the latest onset to the end of the window.
    """

    share: float
    shortest: int
    longest: int | None
    margin: int


@dataclass(frozen=True)
class WindowPlan:
    """How videos are cut into windows; all numbers are frames.

    Attributes:
        window: length of a window, even.
        training: from one window to the next in training.
        testing: the same in the test.
        fakes: of windows without an annotated interval; without any, these are not trained on.
    """

    window: int
    training: int
    testing: int
    fakes: tuple[Fake, ...] = ()


def sequence_starts(frames: int, window: int, every: int, *, pad: bool) -> NDArray[np.int64]:
    """First frames of the windows of a video; the last one ends with it, if need be twice.

    Args:
        frames: of the video.
        window: frames of a window.
        every: frames from one to the next.
        pad: a video that is shorter than a window has one all the same.
    """
    count = max(int((frames + every - window) / every), int(pad))
    starts = np.arange(count, dtype=np.int64) * every
    return np.append(starts, np.int64(frames - window)) if frames > window else starts


def boxes_inside(boxes: Sequence[Box], start: int, window: int) -> list[Box]:
    """The intervals that belong to a window, cut off at its ends, in its frames."""
    found = []
    for onset, offset, label in boxes:
        first, last = max(onset - start, 0), min(offset - start, window)
        if last - first > _INSIDE * (offset - onset):
            found.append((first, last, label))
    return found


def fake_box(plan: WindowPlan, draw: np.random.Generator) -> Box:
    """A random made-up interval in a window."""
    shares = [fake.share for fake in plan.fakes]
    kind = plan.fakes[draw.choice(len(shares), p=shares)]
    onset = int(draw.integers(0, plan.window - kind.margin, endpoint=True))
    longest = plan.window - onset if kind.longest is None else kind.longest
    length = int(draw.integers(kind.shortest, longest, endpoint=True))
    return onset, min(onset + length, plan.window), 0
