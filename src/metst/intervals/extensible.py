"""Intervals of their own length: from each peak to where the score has fallen furthest (SFAMNet).

Shapes: V videos, P values of the longest curve, N peaks.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from metst.intervals.fitting import Constants
from metst.intervals.spotting import Candidates, Smoothed


@dataclass(frozen=True)
class Extended:
    """Peaks with both ends, each (N,), on the axis of the curve.

    Attributes:
        score: at the peak.
        mean: of the score from start to end.
        drop: what it falls by from the peak to the higher end.
    """

    video: Tensor
    start: Tensor
    peak: Tensor
    end: Tensor
    score: Tensor
    mean: Tensor
    drop: Tensor

    def fits(self, c: Constants) -> Tensor:
        """Which (N,) keep to the limits.

        Args:
            c: `shortest` and `longest` length, `mean`, which the mean score is below, and `drop`,
                which it falls by more than.
        """
        length = self.end - self.start
        inside = (length >= c["shortest"]) & (length <= c["longest"])
        return inside & (self.mean < c["mean"]) & (self.drop > c["drop"])

    def take(self, chosen: Tensor) -> "Extended":
        """Those that a mask (N,) chooses."""
        return Extended(*(x[chosen] for x in vars(self).values()))


def extend(smoothed: Smoothed, peaks: Candidates, c: Constants) -> Extended:
    """Both ends of each peak.

    An end is the value that differs most from the peak (ties: the first), among the `before` values
    ahead of it or the `after` values behind it, itself included, that exceed `height`; the peak,
    where none does. What is shorter than `shortest` is widened by `widen` on both sides, within the
    video.

    Args:
        smoothed: of the videos, from their first value on.
        peaks: places in it.
        c: `before`, `after`, `height`, `shortest`, `widen`.
    """
    before, after, wider = int(c["before"]), int(c["after"]), int(c["widen"])
    peaks = replace(peaks, score=smoothed.values[peaks.video, peaks.peak])
    start = _furthest(smoothed, peaks, -before, 0, c["height"])
    end = _furthest(smoothed, peaks, 0, after, c["height"])
    more = wider * (end - start < c["shortest"])  # (N,)
    start = (start - more).clamp(min=0)
    end = torch.minimum(end + more, smoothed.lengths[peaks.video] - 1)
    places, inside = _around(smoothed, start, 0, before + after + 2 * wider, peaks.video)
    inside &= places <= end[:, None]
    values = smoothed.values[peaks.video[:, None], places]  # (N, M)
    mean = (values * inside).sum(1) / (end - start + 1)
    ends = torch.maximum(*(smoothed.values[peaks.video, at] for at in (start, end)))
    return Extended(peaks.video, start, peaks.peak, end, peaks.score, mean, peaks.score - ends)


def _furthest(
    smoothed: Smoothed, peaks: Candidates, first: int, last: int, height: float
) -> Tensor:
    """The place (N,) among peak + first ... peak + last that differs most from the peak."""
    places, inside = _around(smoothed, peaks.peak, first, last, peaks.video)
    values = smoothed.values[peaks.video[:, None], places]  # (N, M)
    differs = torch.where(
        inside & (values > height), (values - peaks.score[:, None]).abs(), -1.0
    ).max(1)
    at = places.gather(1, differs.indices[:, None])[:, 0]
    return torch.where(differs.values < 0, peaks.peak, at)


def _around(
    smoothed: Smoothed, place: Tensor, first: int, last: int, video: Tensor
) -> tuple[Tensor, Tensor]:
    """Places (N, M) from `place` + first to `place` + last, and which of them a video has."""
    places = place[:, None] + torch.arange(first, last + 1, device=place.device)
    inside = (places >= 0) & (places < smoothed.lengths[video][:, None])
    return torch.where(inside, places, 0), inside
