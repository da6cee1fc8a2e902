"""Extensible interval selection: a peak's own onset and offset in the score (BoostingVRME).

Source: its authors' released code. One curve of n values at a time, with k_p = K.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]
Ends = tuple[int, int, int]
"""Onset, offset and apex on the axis of the curve, both ends inclusive."""

Select = Callable[[Curve, Curve, int, int], Ends]
"""(score, smoothed score, peak of the latter, K) -> interval."""

RISE = 1.5
"""What rises is noise below the mean score divided by this (released code)."""

REACH = 5
"""An interval extends to at most so many K from the peak (released code)."""

QUIET, LOW = 0.2, 0.8
"""Smoothed scores below which an interval ends within K and 2 K of the peak (released code)."""

SHARED = 0.2
"""Least overlap of intervals of which one is dropped (released code)."""


def raw(score: Curve, smoothed: Curve, peak: int, k_p: int) -> Ends:  # noqa: ARG001 - a `Select`
    """From where the raw score rises to where it has fallen (CAS(ME)^3, SAMM-LV).

    The onset is where the score first rises above 2/3 of its mean, at most K ahead of the peak;
    then it moves on to the place behind the nearest two values below the mean, at most 5 K ahead,
    if there are any. The offset mirrors it. The apex is the highest raw score between them.
    """
    last, mean = len(score) - 1, float(score.mean())
    onset = _rise(score, peak, k_p, mean)
    offset = last - _rise(score[::-1], last - peak, k_p, mean)
    return onset, offset, _highest(score, onset, offset)


def smooth(score: Curve, smoothed: Curve, peak: int, k_p: int) -> Ends:  # noqa: ARG001 - a `Select`
    """To where two neighbors in the smoothed score are low (the authors' entry for unseen videos).

    Below 0.2 within K of the peak, else below 0.8 within 2 K, else 2 K away. As published, the
    onset is the nearer one of its two, the offset the farther one, and the last places within
    reach are not searched for it.
    """
    last = len(smoothed) - 1
    near, far = max(0, peak - k_p), max(0, peak - 2 * k_p)
    onset = next(
        chain(
            _both_below(smoothed, range(peak - 1, near - 1, -1), -1, QUIET),
            _both_below(smoothed, range(near - 1, far - 1, -1), -1, LOW),
        ),
        far,
    )
    near, far = min(last, peak + k_p), min(last, peak + 2 * k_p)
    offset = next(
        chain(
            (i + 1 for i in _both_below(smoothed, range(peak + 1, near), 1, QUIET)),
            (i + 1 for i in _both_below(smoothed, range(near + 1, far), 1, LOW)),
        ),
        far,
    )
    return onset, offset, _highest(smoothed, onset, offset)


def fixed(score: Curve, smoothed: Curve, peak: int, k_p: int) -> Ends:  # noqa: ARG001 - a `Select`
    """K on both sides, also beyond the video."""
    return peak - k_p, peak + k_p, peak


RULES: dict[str, Select] = {"raw": raw, "smooth": smooth, "fixed": fixed}
"""The three ways, by name."""


def suppress(
    intervals: Sequence[Ends], apart: int, order: Iterable[int] | None = None
) -> list[int]:
    """Numbers of the intervals that stay, in their order, where several are of one expression.

    One is kept if it overlaps each one kept before by less than 0.2 (intersection over union of
    their lengths, offset - onset) and their apexes are more than `apart` away.

    Args:
        intervals: of one video.
        apart: distance of apexes, K in the released code.
        order: in which they are visited; by default by onset (released code).
    """
    visited = sorted(range(len(intervals)), key=lambda i: intervals[i][0])
    kept: list[int] = []
    for i in visited if order is None else order:
        if all(_separate(intervals[i], intervals[other], apart) for other in kept):
            kept.append(i)
    return sorted(kept, key=lambda i: intervals[i][0])


def _rise(score: Curve, peak: int, k_p: int, mean: float) -> int:
    """The onset, see `raw`."""
    low = max(0, peak - k_p)
    steps = range(low + 1, peak)
    above = (i - 1 for i in steps if score[i] > score[i - 1] and score[i] > mean / RISE)
    onset = next(above, low)
    farther = range(onset - 1, max(0, peak - REACH * k_p) - 1, -1)
    return next((i + 1 for i in _both_below(score, farther, -1, mean)), onset)


def _both_below(curve: Curve, places: range, step: int, limit: float) -> Iterator[int]:
    """Places whose value and the next one are below a limit."""
    for i in places:
        if 0 <= i + step < len(curve) and curve[i] < limit and curve[i + step] < limit:
            yield i


def _highest(curve: Curve, onset: int, offset: int) -> int:
    return onset + int(curve[onset : offset + 1].argmax())


def _separate(a: Ends, b: Ends, apart: int) -> bool:
    shared = max(0, min(a[1], b[1]) - max(a[0], b[0]))
    together = max(a[1], b[1]) - min(a[0], b[0])
    return shared < SHARED * together + (together == 0) and abs(a[2] - b[2]) > apart
