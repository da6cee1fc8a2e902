"""Intervals of several lengths that stand out from what lies beside them.

ME-TST takes the peaks of a score smoothed over one length, as far as they exceed a share of the
video's own maximum: every interval has that length, and every video has finds. Here the score of
an interval is its contrast, the mean of the spotting score inside it less the higher of the means
beside it. Of intervals that overlap the one with the highest contrast stays, which decides on the
length, and all videos need the same contrast.

Shapes: n frames of one video, V videos, L frames of the longest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.signal import find_peaks
from torch import Tensor

from metst.datasets.labels.records import Recording
from metst.intervals import decoder
from metst.intervals.decoder import Decoder
from metst.intervals.spotting import Candidates, Smoothed
from metst.intervals.stitching import Curves
from metst.intervals.suppression import suppressed

Curve = NDArray[np.float64]

SCALES = (0.4, 0.55, 0.7, 0.85, 1.0, 1.2, 1.45)
"""Half lengths of the intervals that are tried, in k_p. As few as three of this range do nearly as
well (`heads-dev`: spotting F1 .43 against .44); one does worse (.38)."""

BESIDE = 0.5
"""Length of what lies beside an interval, in its half lengths; .25 to 1 do as well."""

LEAST = 0.2
"""Contrast that an interval needs, of scores in [0, 1]. Chosen on `heads-dev`; .15 to .25 do as
well."""

OVERLAP = 0.1
"""IoU above which the lower of two intervals is dropped; .01 to .3 do as well."""

_DECIMALS = 9
"""Decimals of a contrast: rounding noise must not decide between equal ones."""


def contrast(score: Curve, half: int) -> Curve:
    """Contrast (n,) of the interval of 2 `half` + 1 frames around each frame.

    Beyond its ends a video goes on as its first and last frame.
    """
    reach = half + beside(half)
    sums = np.concatenate([[0.0], np.cumsum(np.pad(score, reach, mode="edge"))])
    middle = np.arange(len(score)) + reach

    def mean(first: int, end: int) -> Curve:
        """Of the frames first ... end - 1, counted from the middle."""
        values: Curve = (sums[middle + end] - sums[middle + first]) / (end - first)
        return values

    before, behind = mean(-reach, -half), mean(half + 1, reach + 1)
    return (mean(-half, half + 1) - np.maximum(before, behind)).round(_DECIMALS)


def beside(half: int) -> int:
    """Frames on either side that an interval of half length `half` is compared with."""
    return max(1, round(BESIDE * half))


def half_lengths(k_p: int) -> list[int]:
    """Half lengths that are tried, in frames, ascending."""
    return sorted({max(1, round(scale * k_p)) for scale in SCALES})


def intervals(score: Curve, k_p: int, least: float) -> NDArray[np.float64]:
    """Rows (N, 3) of first frame, last frame and contrast, in the order of the frames.

    Both ends are inside the video, which is longer than any interval.

    Args:
        score: (n,) of one video.
        k_p: half the mean ME length in frames.
        least: contrast that they need, above 0.
    """
    rows = []
    for half in half_lengths(k_p):
        if 2 * half + 1 > len(score):
            break
        values = contrast(score, half)
        peaks, _ = find_peaks(np.pad(values, 1, constant_values=-1.0), height=least)
        ends = np.clip([peaks - 1 - half, peaks - 1 + half], 0, len(score) - 1)
        rows.append(np.stack([*ends, values[peaks - 1], 0 * peaks], axis=1))
    found = torch.from_numpy(np.concatenate(rows) if rows else np.zeros((0, 4)))
    found[:, 1] += 1  # an interval of one frame has a length, too
    kept = suppressed(found, OVERLAP, len(found), by_class=False).numpy()[:, :3]
    return kept[np.argsort(kept[:, 0], kind="stable")] - [0, 1, 0]


@dataclass(frozen=True, kw_only=True)
class ContrastDecoder(Decoder):
    """Intervals by their contrast; the apex is the middle.

    Attributes:
        least: contrast that an interval needs.
    """

    least: float = LEAST
    reach: ClassVar[int] = 2

    def spotting_curve(self, curves: Curves, k_p: int) -> tuple[Smoothed, Tensor]:
        """Highest contrast at each frame, for pictures, and what is needed."""
        highest = np.zeros(curves.score.shape)  # (V, L)
        for row, score in zip(highest, _scores(curves), strict=True):
            if len(score):
                each = [contrast(score, half) for half in half_lengths(k_p)]
                row[: len(score)] = np.max(each, axis=0)
        smoothed = Smoothed(torch.from_numpy(highest).to(curves.score.device), curves.lengths)
        return smoothed, self.height(smoothed)

    def height(self, smoothed: Smoothed) -> Tensor:
        """The same for every video, (V,)."""
        return smoothed.values.new_full((len(smoothed.values),), self.least)

    def search(
        self, curves: Curves, smoothed: Smoothed, recordings: Sequence[Recording], k_p: int
    ) -> tuple[Candidates, Tensor, Tensor]:
        """See `PeakDecoder.search`."""
        each = [intervals(score, k_p, self.least) for score in _scores(curves)]
        video = np.repeat(np.arange(len(each)), [len(rows) for rows in each])
        rows = torch.from_numpy(np.concatenate([np.zeros((0, 3)), *each])).to(smoothed.values)
        onset, offset = (rows[:, i].long() for i in (0, 1))
        place = torch.from_numpy(video).to(onset)
        found = Candidates(place, (onset + offset) // 2, rows[:, 2])
        last = torch.tensor([r.frames - 1 for r in recordings]).to(place)[place]
        return found, *self.limit(onset, offset, last)


def _scores(curves: Curves) -> list[Curve]:
    """The score (n,) of each video."""
    score = curves.score.double().cpu().numpy()
    return [row[:n] for row, n in zip(score, curves.lengths.tolist(), strict=True)]


def get_decoder(
    name: str,
    *,
    k: int,
    batch_size: int = 1,
    least: float = LEAST,
) -> ContrastDecoder:
    """Decoder by name; all but the intervals is ME-TST's.

    Args:
        name: `authors` or `strict`, see `metst.intervals.decoder.get_decoder`.
        k: frames per window.
        batch_size: windows per test batch; only the released stitching depends on it.
        least: contrast that an interval needs.

    Raises:
        ConfigError: the name is not known, or k or batch_size cannot be used.
    """
    base = decoder.get_decoder(name, k=k, batch_size=batch_size)
    return ContrastDecoder(**vars(base), least=least)
