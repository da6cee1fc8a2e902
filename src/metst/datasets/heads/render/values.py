"""Kernels for single values that the colours of a sample are made from."""

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.render.jit import inlined

Floats = NDArray[np.float32]
Real = np.float32
Pair = tuple[Real, Real]
Triple = tuple[Real, Real, Real]
Corners = tuple[np.int32, np.int32, np.int32]

ONE, HALF = np.float32(1), np.float32(0.5)


@inlined
def between(points: Floats, corners: Corners, inner: Pair, which: int) -> Real:
    """A value of the vertices inside a triangle."""
    a, b, c = corners
    second, third = inner
    first = ONE - second - third
    return np.float32(
        first * points[a, which] + second * points[b, which] + third * points[c, which]
    )


@inlined
def cosine(normal: Triple, directions: Floats, which: int) -> Real:
    """Cosine of the angle between two directions."""
    return np.float32(
        normal[0] * directions[which, 0]
        + normal[1] * directions[which, 1]
        + normal[2] * directions[which, 2]
    )


@inlined
def power16(value: Real) -> Real:
    """The sixteenth power."""
    value = value * value
    value = value * value
    value = value * value
    return value * value


@inlined
def rise(low: Real, high: Real, value: Real) -> Real:
    """0 below `low`, 1 above `high`, smooth between."""
    share = min(ONE, max(np.float32(0), (value - low) / (high - low)))
    return share * share * (np.float32(3) - np.float32(2) * share)
