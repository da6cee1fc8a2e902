"""Extrema of a curve and the splines through them, as the package EMD-signal has them.

Shapes: N samples of a curve, K extrema or knots.
"""

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]

MIRRORED = 2
"""Extrema that are mirrored on each side of a curve."""


class Extrema(NamedTuple):
    """Maxima and minima, (K,) each: their places in a curve, or their heights."""

    maxima: NDArray[Any]
    minima: NDArray[Any]

    @property
    def number(self) -> int:
        """How many of both there are."""
        return len(self.maxima) + len(self.minima)

    def flipped(self, last: int) -> "Extrema":
        """Places in the curve of samples 0 ... `last` read backwards."""
        return Extrema(last - self.maxima[::-1], last - self.minima[::-1])


def extrema(curve: Curve) -> Extrema:
    """Places of the extrema of a curve (N,), ascending; a plateau has one, in its middle.

    The ends of a curve, and plateaus that reach them, are none.
    """
    changes = np.flatnonzero(np.diff(curve))  # the steps after which another value begins
    steps = np.sign(np.diff(curve)[changes])
    turns = np.flatnonzero(steps[:-1] != steps[1:])
    first, last = changes[turns] + 1, changes[turns + 1]
    places = np.rint((first + last) / 2).astype(np.int64)
    rising = steps[turns] > 0
    return Extrema(places[rising], places[~rising])


def zero_crossings(curve: Curve) -> int:
    """Changes of sign between neighbours, and zeros; a run of these counts once."""
    zero = np.concatenate([[False], curve == 0])
    runs = np.count_nonzero(zero[1:] & ~zero[:-1])
    return int(np.count_nonzero(curve[:-1] * curve[1:] < 0) + runs)


def envelopes(curve: Curve, found: Extrema) -> tuple[Curve, Curve, Extrema]:
    """Splines (N,) through the maxima and the minima of a curve (N,), and the knots' heights."""
    last = len(curve) - 1
    left = _mirrored(curve, found)
    right = _mirrored(curve[::-1], found.flipped(last))
    upper, lower = (
        _spline(
            np.concatenate([before.places, places, last - after.places[::-1]]),
            np.concatenate([before.heights, curve[places], after.heights[::-1]]),
            len(curve),
        )
        for before, places, after in zip(left, found, right, strict=True)
    )
    return upper[0], lower[0], Extrema(upper[1], lower[1])


class Knots(NamedTuple):
    """Places before a curve, ascending, and heights, (K,) each."""

    places: NDArray[np.int64]
    heights: Curve


def _mirrored(curve: Curve, found: Extrema) -> tuple[Knots, Knots]:
    """Maxima and minima that are mirrored to the left of a curve (N,)."""
    if found.minima[0] < found.maxima[0]:
        low, high = _mirrored(-curve, Extrema(found.minima, found.maxima))
        return Knots(high.places, -high.heights), Knots(low.places, -low.heights)
    axis = int(found.maxima[0])
    maxima, minima = found.maxima[1 : 1 + MIRRORED], found.minima[:MIRRORED]
    if curve[0] <= curve[minima[0]]:
        axis, maxima = 0, found.maxima[:MIRRORED]
        minima = np.concatenate([[0], minima[: MIRRORED - 1]])
    maxima = maxima if len(maxima) else found.maxima
    if 2 * axis > min(maxima[-1], minima[-1]):  # a knot would be inside the curve
        axis, maxima = 0, found.maxima[:MIRRORED]
    return _knots(curve, maxima, axis), _knots(curve, minima, axis)


def _knots(curve: Curve, places: NDArray[np.int64], axis: int) -> Knots:
    return Knots(2 * axis - places[::-1], curve[places[::-1]])


def _spline(places: NDArray[np.int64], heights: Curve, samples: int) -> tuple[Curve, Curve]:
    """A cubic spline through knots (K,), at samples 0, 1, ...; and the heights of the knots."""
    from scipy.interpolate import CubicSpline  # half a second that other readers do without

    kept = np.diff(places, prepend=places[0] - 1) > 0
    places, heights = places[kept], heights[kept]
    ends: Literal["natural", "not-a-knot"] = "natural" if len(places) <= 3 else "not-a-knot"
    drawn: Curve = CubicSpline(places, heights, bc_type=ends)(np.arange(samples))
    return drawn, heights
