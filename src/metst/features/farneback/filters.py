"""Filters of Farnebäck's method: weights of a neighborhood, and whole filters as matrices.

A separable filter together with its rule for the border is one small matrix per axis. The matrices
are what OpenCV does to the columns of the identity, so that its rules are met and not repeated.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float32]
Matrix = NDArray[np.float64]

BORDER = np.array([0.14, 0.14, 0.4472, 0.4472, 0.4472], np.float32)
"""Weight of the pixels 0, 1, ... from the border of an image (OpenCV)."""

SMALLEST_LEVEL = 32
"""Least side of a level of the pyramid, in pixels (OpenCV)."""


def taps(reach: int, sigma: float) -> tuple[Weights, Weights, Weights]:
    """Gaussian weights at distances 0 ... reach, times 1, distance and distance²."""
    distance = np.arange(-reach, reach + 1)
    weight = np.exp(-(distance**2) / (2 * sigma**2)).astype(np.float32)
    scale = 1 / np.cumsum(weight, dtype=np.float64)[-1]
    weight = (weight * scale).astype(np.float32)[reach:]
    steps = np.arange(reach + 1)
    return weight, (steps * weight).astype(np.float32), (steps**2 * weight).astype(np.float32)


def inverse_moments(weight: Weights) -> tuple[float, float, float, float]:
    """Entries (x, x), (1, x²), (x², x²), (xy, xy) of the inverse Gram matrix of the monomials.

    Args:
        weight: Gaussian weights at distances 0 ... reach.
    """
    reach = len(weight) - 1
    weight = np.concatenate([weight[:0:-1], weight])  # (2 reach + 1,)
    x = np.arange(-reach, reach + 1, dtype=np.float32)
    one = weight[:, None] * weight  # (y, x)
    xx = one * x * x
    xxxx, xxyy = xx * x * x, xx * x[:, None] * x[:, None]
    total, m2, m4, m22 = (float(np.cumsum(m, dtype=np.float64)[-1]) for m in (one, xx, xxxx, xxyy))
    even = np.array([[total, m2, m2], [m2, m4, m22], [m2, m22, m4]])  # of 1, x², y²
    inverse = np.linalg.inv(even)
    return 1 / m2, float(inverse[0, 1]), float(inverse[1, 1]), 1 / m22


def levels_of(side: int, scale: float, most: int) -> int:
    """Number of levels above the own scale of an image whose shorter side has so many pixels."""
    level, shrunk = 0, side * scale
    while level < most and shrunk >= SMALLEST_LEVEL:
        level, shrunk = level + 1, shrunk * scale
    return level


@lru_cache(maxsize=1024)
def shrink(length: int, scale: float) -> Matrix:
    """Smooth and resize to a scale of at most 1: (length at that scale, length)."""
    sigma = (1 / scale - 1) / 2
    side = max(round(5 * sigma) | 1, 3)  # pixels, odd
    smooth = cv2.GaussianBlur(np.eye(length), (1, side), sigma)
    return enlarge(length, round(length * scale)) @ smooth


@lru_cache(maxsize=1024)
def enlarge(length: int, target: int) -> Matrix:
    """Bilinear resizing: (target, length)."""
    return np.asarray(cv2.resize(np.eye(length), (length, target)), np.float64)


@lru_cache(maxsize=1024)
def moments(length: int, reach: int, sigma: float) -> Matrix:
    """Weighted sums over a neighborhood, the border repeated: (3, length, length) as in `taps`."""
    even, odd, square = taps(reach, sigma)
    return np.stack(
        [
            correlate(length, np.concatenate([sign * half[:0:-1], half]))
            for sign, half in ((1, even), (-1, odd), (1, square))
        ]
    )


@lru_cache(maxsize=1024)
def average(length: int, size: int) -> Matrix:
    """Average over a window of `size` pixels, the border repeated: (length, length)."""
    reach = size // 2
    return correlate(length, np.full(2 * reach + 1, 1 / size))


def correlate(length: int, weights: NDArray[np.floating]) -> Matrix:
    """Filter with odd weights around each pixel, the border repeated: (length, length)."""
    border = cv2.BORDER_REPLICATE
    kernel = weights.astype(np.float64)
    filtered = cv2.sepFilter2D(np.eye(length), cv2.CV_64F, np.ones(1), kernel, borderType=border)
    return np.asarray(filtered, np.float64)


@lru_cache(maxsize=1024)
def border_weights(height: int, width: int) -> Weights:
    """Weights (H, W) of the equations, lower near the border.

    OpenCV decides by unsigned arithmetic whether a pixel is near the border, which for sides of
    less than twice the border's width comes out differently; it is kept so.
    """
    rows, columns = _side_weights(height), _side_weights(width)
    near = _near_border(height)[:, None] | _near_border(width)[None]  # (H, W)
    weights = np.where(near, rows[:, None] * columns[None], np.float32(1))
    return weights.astype(np.float32)


def _side_weights(length: int) -> Weights:
    weights = np.ones(length, np.float32)
    reach = min(len(BORDER), length)
    weights[:reach] *= BORDER[:reach]
    weights[length - reach :] *= BORDER[:reach][::-1]
    return weights


def _near_border(length: int) -> NDArray[np.bool_]:
    position = np.arange(length, dtype=np.int64) - len(BORDER)
    inner = length - 2 * len(BORDER)
    return position.astype(np.uint32) >= np.int64(inner).astype(np.uint32)
