"""Segments of a video, each measured from its first frame; where one begins depends on the last.

Shapes: M regions, L frames of a segment, N = L - 2 samples of its curves.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metst.features.of_fd import constants as c
from metst.features.of_fd.constants import Constants
from metst.features.of_fd.curves import Curves, Span, curves_of, spot
from metst.features.of_fd.merging import merged_twice, step

Motion = NDArray[np.floating]
"""Displacement (M, L, 2) of each region since the first frame of a segment, in crop pixels."""

LEAST = 4
"""Frames of a segment with curves."""


@dataclass(frozen=True)
class Segment:
    """A part of a video.

    Attributes:
        start: its first frame.
        curves: of each region.
    """

    start: int
    curves: tuple[Curves, ...]

    def spans(self, limits: Constants) -> list[Span]:
        """What is found in it, in frames of the video."""
        shift = self.start + 1
        found = [
            (shift + first, shift + last)
            for roi, curves in enumerate(self.curves)
            for first, last in spot(curves, limits, limits.rise(roi))
        ]
        return merged_twice(found, limits.merge)


def segments(
    frames: int, motion_of: Callable[[int, int], Motion], limits: Constants
) -> Iterator[Segment]:
    """The segments of a video; an interval at the middle of one is not cut by the next.

    Args:
        frames: of the video.
        motion_of: displacement (M, L, 2) in the frames from the first to before the second.
        limits: with which such intervals are found.
    """
    start, last = 0, False
    while not last:
        end = start + c.LENGTH
        last = end >= frames
        if end > frames:
            end = frames - 2
        if end - start < LEAST:
            return
        motion = motion_of(start, end)
        segment = Segment(start, tuple(curves_of(of_roi) for of_roi in motion))
        yield segment
        hits = [(onset - start, offset - start) for onset, offset in segment.spans(limits)]
        start += step(hits)
