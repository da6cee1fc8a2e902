"""SP-FD's intervals: short high peaks in the smoothed motion of any region.

Shapes: R rows, each the motion from a frame to the next, M regions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from metst.datasets.labels.records import Recording
from metst.features.sp_fd.feature import FAULTS
from metst.features.sp_fd.regions import Faults
from metst.features.store import Arrays
from metst.intervals.fitting import Constants
from metst.intervals.sampled import Switches
from metst.systems.training_free import Drawn, Found, RuleDecoder, runs

WINDOWS = (9, 5, 7, 11, 13)
"""Rows that motion is smoothed over; the middle one first, as none is published."""

ORDER = 3
"""Of the Savitzky-Golay filter."""

MOTION, HEIGHT, SHARE = 0.8, 0.3, 0.8
"""Least maximum of a curve, least height of a peak in pixels, and in maxima of its curve."""

LONGEST, RATE = 8, 30
"""Rows of a peak, at most, and frames per second that this is meant for."""

MOST = 30
"""Peaks of a curve that is not left out."""

MARGIN = 100
"""Rows at both ends that the released code leaves out."""

NEAR = 2
"""Rows from one interval to the next that are so near that both are one."""

Peak = tuple[int, int, int]
"""First row, highest row, last row."""


@dataclass(frozen=True)
class Quirks(Switches):
    """What `strict` does otherwise than the released code; each can be turned off.

    Attributes:
        transposed: see `metst.features.sp_fd.Faults`.
        summed: see there.
        highest: the highest peak of a curve is no peak.
        pairs: near intervals are united within the first pair, the second pair, and so on, alone.
        margin: 100 rows at both ends are left out, in videos of 300 or more.
    """

    transposed: bool = True
    summed: bool = True
    highest: bool = True
    pairs: bool = True
    margin: bool = True


@dataclass(frozen=True)
class SPFDDecoder(RuleDecoder):
    """Peaks of all regions; constants: `window`, rows that motion is smoothed over.

    Attributes:
        quirks: that it has.
    """

    quirks: Quirks

    def grid(self) -> Sequence[Constants]:
        """All windows."""
        return [{"window": window} for window in WINDOWS]

    def find(self, arrays: Arrays, recording: Recording, constants: Constants) -> list[Found]:
        """Intervals of a recording; the apex is the middle."""
        lengths, window = self._lengths(arrays), int(constants["window"])
        longest = int(LONGEST * (recording.timebase.sampled_fps or RATE) / RATE + 0.5)
        margin = MARGIN if self.quirks.margin and len(lengths) >= 3 * MARGIN else 0
        inner = lengths[margin : len(lengths) - margin]  # (R, M)
        each = [peaks(curve, window, longest, self.quirks) for curve in inner.T]
        spans = united([[(p[0], p[2]) for p in of if of] for of in each], len(inner), self.quirks)
        return [
            Found(start, (start + end) // 2, end, float(lengths[start : end + 1].max()))
            for start, end in ((margin + first, margin + last) for first, last in spans)
        ]

    def drawn(self, arrays: Arrays, recording: Recording, constants: Constants) -> Drawn:  # noqa: ARG002
        """The largest motion of a region."""
        largest = self._lengths(arrays).max(1, initial=0)
        return Drawn(torch.from_numpy(np.append(largest, 0)[: recording.frames]), HEIGHT)

    def _lengths(self, arrays: Arrays) -> NDArray[np.float32]:
        faults = Faults(self.quirks.transposed, self.quirks.summed)
        lengths: NDArray[np.float32] = arrays["lengths"][FAULTS.index(faults)]
        return lengths


def peaks(curve: NDArray[np.floating], window: int, longest: int, quirks: Quirks) -> list[Peak]:
    """Short high peaks of the motion (R,) of a region.

    Args:
        curve: the motion, in pixels.
        window: rows that it is smoothed over.
        longest: rows of a peak, at most.
        quirks: of which `highest` matters here.
    """
    from scipy.signal import savgol_filter  # half a second that readers of runs do without

    if len(curve) < window:
        return []
    smooth = savgol_filter(curve.astype(np.float64), window, ORDER)
    top, last = smooth.max(), len(smooth) - 2
    if top < MOTION:
        return []
    inner = smooth[1:-1]
    high = (inner > smooth[:-2]) & (inner > smooth[2:]) & (inner > HEIGHT) & (inner > SHARE * top)
    if quirks.highest:
        high &= inner < top
    found = []
    for peak in (1 + np.flatnonzero(high)).tolist():
        left = right = peak
        while left > 1 and smooth[left - 1] < smooth[left]:
            left -= 1
        while right < last and smooth[right + 1] < smooth[right]:
            right += 1
        if 1 < peak < last and right - left + 1 <= longest:
            found.append((left, peak, right))
    return found if len(found) <= MOST else []


def united(
    spans: Sequence[Sequence[tuple[int, int]]], rows: int, quirks: Quirks
) -> list[tuple[int, int]]:
    """Spans of all regions as intervals of a video, near ones as one.

    Args:
        spans: first and last row of each peak, by region.
        rows: of the video (R).
        quirks: of which `pairs` matters here.
    """
    high = np.zeros(rows, bool)
    for first, last in (span for of_region in spans for span in of_region):
        high[first : last + 1] = True
    found: list[tuple[int, int]] = []
    for number, (first, last) in enumerate(runs(high)):
        allowed = number % 2 or not quirks.pairs
        if found and allowed and first - found[-1][1] <= NEAR:
            found[-1] = found[-1][0], last
        else:
            found.append((first, last))
    return found
