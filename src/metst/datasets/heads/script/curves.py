"""Shapes over time, of polynomials alone: the same bits come out on every machine.

The library functions behind `sin` and `exp` differ in the last bit from machine to machine. What
little of that draws may bring in is gone after rounding, see `metst.datasets.heads.rounding`.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Shares = NDArray[np.floating[Any]]

HOLD: Final = 0.8
"""Share of the apex's intensity that a long expression reaches within its rise."""


def rise(share: Shares) -> Values:
    """From 0 at 0 to 1 at 1: quick at first, at rest at the end, constant outside."""
    s: Values = np.clip(share, 0.0, 1.0)
    return s * s * (6 - 8 * s + 3 * s * s)


def glide(share: Shares) -> Values:
    """From 0 at 0 to 1 at 1 with the least jerk, constant outside (Flash & Hogan 1985)."""
    s: Values = np.clip(share, 0.0, 1.0)
    return s * s * s * (10 - 15 * s + 6 * s * s)


def bump(share: Shares) -> Values:
    """From 0 at 0 to 1 at 1/2 and back to 0 at 1; 0 outside."""
    s: Values = np.clip(share, 0.0, 1.0)
    return 16 * s * s * (1 - s) * (1 - s)


def envelope(length: int, apex: int, quick: float) -> Values:
    """Share of the apex's intensity in each frame of an expression (length,): 1 at the apex.

    It would be 0 one frame before and one frame after. Where a flank is longer than `quick`
    frames, most of it (`HOLD`) is passed within these, the rest slowly.

    Args:
        length: frames from onset to offset.
        apex: index of the apex.
        quick: frames that a rise or fall takes.
    """
    frames = np.arange(length)
    return np.where(
        frames <= apex,
        _flank(frames + 1, apex + 1, quick),
        _flank(length - frames, length - apex, quick),
    )


def _flank(passed: NDArray[np.int_], frames: int, quick: float) -> Values:
    return HOLD * rise(passed / min(quick, frames)) + (1 - HOLD) * rise(passed / frames)


def wander(rng: np.random.Generator, frames: int, period: float, columns: int) -> Values:
    """Smooth noise (frames, columns) between -1 and 1: a cubic B-spline of random knots.

    Args:
        rng: draws the knots.
        frames: number of frames.
        period: frames between two knots; there is nothing faster than 1 / (2 * period).
        columns: number of curves.
    """
    place = np.arange(frames) / period
    first = place.astype(np.int64)
    knots = rng.uniform(-1, 1, (int(first[-1]) + 4, columns))
    u = (place - first)[:, None]  # (frames, 1)
    v = 1 - u
    weights = (
        v * v * v / 6,
        (3 * u * u * u - 6 * u * u + 4) / 6,
        (3 * v * v * v - 6 * v * v + 4) / 6,
        u * u * u / 6,
    )
    total = np.zeros((frames, columns))
    for i, weight in enumerate(weights):
        total += weight * knots[first + i]
    return total


def spread(rng: np.random.Generator, most: float) -> float:
    """Random factor between `1 / most` and `most` with a median of 1."""
    u = float(rng.uniform(-1, 1))
    return 1 + (most - 1) * u if u > 0 else 1 / (1 - (most - 1) * u)


def whole(rng: np.random.Generator, expected: float) -> int:
    """Random whole number beside `expected`, equal to it in the mean."""
    return int(expected + rng.random())
