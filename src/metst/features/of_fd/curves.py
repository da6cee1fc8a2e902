"""Where the displacement curve of one region shows an expression (OF-FD's steps one to four).

Shapes: L frames of a segment, N = L - 2 samples of its curves, of which sample i is frame i + 1.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metst.features.of_fd import constants as c
from metst.features.of_fd.constants import Constants
from metst.features.of_fd.emd import without_trend
from metst.features.of_fd.envelopes import Curve

Span = tuple[int, int]
"""First and last sample or frame, both inclusive."""


class Curves(NamedTuple):
    """Of one region: how far it has moved, low-passed, and the same without trend; (N,) each."""

    smooth: Curve
    fast: Curve


def curves_of(motion: NDArray[np.floating]) -> Curves:
    """Curves (N,) of the displacement (L, 2) of a region."""
    length = np.linalg.norm(motion[1:-1].astype(np.float64), axis=1)  # (N,)
    spectrum = np.fft.fft(length)
    frequencies = np.fft.fftfreq(len(length), 1 / c.RATE)
    cut = int(np.abs(frequencies - c.LOW_PASS).argmin())
    spectrum[cut : len(length) - cut] = 0
    smooth = np.abs(np.fft.ifft(spectrum))
    return Curves(smooth, without_trend(smooth))


def spot(curves: Curves, limits: Constants, rise: float) -> list[Span]:
    """Samples of the expressions in the curves of a region, in order."""
    found = expanded(candidates(curves, limits, rise), curves.smooth, limits)
    return [part for span in found for part in divided(span, curves.smooth, limits)]


def candidates(curves: Curves, limits: Constants, rise: float) -> list[Span]:
    """Where the curves are high, and have risen (steps one and two)."""
    smooth, fast = curves
    high = np.flatnonzero(smooth - smooth.min() >= limits.height)
    risen = [
        j
        for start, end in _joined(high.tolist())
        for j in range(start, end)
        if _above(smooth, j) > rise and _above(fast, j) > limits.trend
    ]
    return list(_joined(risen))


def _above(curve: Curve, j: int) -> float:
    """How far a sample is above the lowest one around."""
    return float(curve[j] - curve[_around(j, len(curve))].min())


def _around(j: int, samples: int) -> slice:
    return slice(max(0, j - c.REACH), min(samples - 1, j + c.REACH))


def _joined(samples: list[int]) -> Iterator[Span]:
    """Runs of ascending samples, over small gaps."""
    breaks = np.flatnonzero(np.diff(samples) >= c.GAP).tolist()
    for before, last in pairwise([-1, *breaks, len(samples) - 1]):
        if before < last:
            yield samples[before + 1], samples[last]


def expanded(spans: list[Span], curve: Curve, limits: Constants) -> list[Span]:
    """Spans with their ends where the curve (N,) has fallen or turns (step three)."""
    last = len(curve) - 1
    found = []
    for start, end in spans:
        peak = float(curve[start : max(end, start + 1)].max())
        first = _onset(curve, start, peak, _around(start, len(curve)), limits.drop)
        around = _around(end, len(curve))
        mirrored = slice(last + 1 - around.stop, last + 1 - around.start)
        turned = curve[::-1], last - end, peak, mirrored, limits.drop
        found.append((first, last - _onset(*turned, to_lowest=False)))
    return found


def _onset(
    curve: Curve, start: int, peak: float, around: slice, drop: float, *, to_lowest: bool = True
) -> int:
    """Where a span that begins at `start` should begin.

    Args:
        curve: (N,), read backwards for the end of a span.
        start: first sample of the span.
        peak: height of the span.
        around: samples among which the lowest one is sought.
        drop: see `Constants`.
        to_lowest: whether the lowest sample may be the first one.
    """
    lowest = around.start + int(curve[around].argmin())
    if lowest < start:
        low = float(curve[lowest])
        for j in range(start - 1, lowest - to_lowest, -1):
            if curve[j] - low < c.FALLEN * (peak - low):
                return j
            if curve[j] > curve[j + 1]:
                return j + 2
        return start
    first = max(start - c.NEAR, 0)
    near = first + int(curve[first : start + 1].argmin())
    return near + 1 if curve[start] - curve[near] > drop else start


def divided(span: Span, curve: Curve, limits: Constants) -> list[Span]:
    """The span, or two where the curve (N,) has two peaks in it (step four)."""
    start, end = span
    if end - start < c.SPLIT:
        return [span]
    lowest = start + c.EDGE + int(curve[start + c.EDGE : end - c.EDGE].argmin())
    tops = float(curve[start:lowest].max()), float(curve[lowest:end].max())
    if all(top - curve[lowest] > max(limits.notch, c.FALLEN * top) for top in tops):
        return [(start, lowest - 1), (lowest + 1, end)]
    return [span]
