"""The quadratic around each pixel of an image (Farnebäck 2003, section 2)."""

import numpy as np

from metst.features.farneback.filters import inverse_moments, taps
from metst.features.farneback.jit import Planes, Sums, jit
from metst.features.farneback.parameters import DEFAULT

POLY_N, POLY_SIGMA = DEFAULT.poly_n, DEFAULT.poly_sigma

_ZERO = np.float32(0)


_G, _XG, _XXG = taps(POLY_N, POLY_SIGMA)
_IG_X, _IG_1_XX, _IG_XX, _IG_XY = inverse_moments(_G)


@jit
def expand(image: Planes, expansion: Planes) -> None:
    """Fit a quadratic to the neighborhood of every pixel of `image` (H, W)."""
    height, width = image.shape
    rows = np.empty((3, width + 2 * POLY_N), np.float32)  # sums over y, weighted by 1, y, y²
    inner = rows[:, POLY_N : POLY_N + width]
    sums = np.empty((6, width))  # sums over x and y
    for y in range(height):
        _start_rows(image[y], inner[0], inner[1], inner[2])
        for k in range(1, POLY_N + 1):
            above, below = image[max(y - k, 0)], image[min(y + k, height - 1)]
            _add_even(above, below, _G[k], _XXG[k], inner[0], inner[2])
            _add_odd(above, below, _XG[k], inner[1])
        for row in rows:
            row[:POLY_N] = row[POLY_N]
            row[POLY_N + width :] = row[POLY_N + width - 1]
        _expand_row(rows, sums, expansion[:, y])


@jit
def _start_rows(pixels: Planes, even: Planes, odd: Planes, square: Planes) -> None:
    for x in range(len(pixels)):
        even[x] = pixels[x] * _G[0]
    odd[:] = _ZERO
    square[:] = _ZERO


@jit
def _add_even(
    above: Planes, below: Planes, g: np.float32, xxg: np.float32, even: Planes, square: Planes
) -> None:
    for x in range(len(even)):
        both = above[x] + below[x]
        even[x] += g * both
        square[x] += xxg * both


@jit
def _add_odd(above: Planes, below: Planes, xg: np.float32, odd: Planes) -> None:
    for x in range(len(odd)):
        odd[x] += xg * (below[x] - above[x])


@jit
def _expand_row(rows: Planes, sums: Sums, expansion: Planes) -> None:
    """Coefficients of a row from its sums over x, in double precision as far as OpenCV's are."""
    _sum_even(rows[0], sums[0], sums[1], sums[2])
    _sum_odd(rows[1], sums[3], sums[4])
    _sum_square(rows[2], sums[5])
    one, xx, x, y, xy, yy = sums[0], sums[1], sums[2], sums[3], sums[4], sums[5]
    _scale(y, _IG_X, expansion[0])
    _scale(x, _IG_X, expansion[1])
    _mix(one, _IG_1_XX, yy, _IG_XX, expansion[2])
    _mix(one, _IG_1_XX, xx, _IG_XX, expansion[3])
    _scale(xy, _IG_XY, expansion[4])


@jit
def _sum_even(row: Planes, one: Sums, xx: Sums, x: Sums) -> None:
    for j in range(len(one)):
        i = j + POLY_N
        sum_1, sum_xx, sum_x = np.float64(row[i] * _G[0]), 0.0, 0.0
        for k in range(1, POLY_N + 1):
            both = np.float64(row[i + k] + row[i - k])
            sum_1 += both * np.float64(_G[k])
            sum_xx += both * np.float64(_XXG[k])
            sum_x += np.float64((row[i + k] - row[i - k]) * _XG[k])
        one[j], xx[j], x[j] = sum_1, sum_xx, sum_x


@jit
def _sum_odd(row: Planes, y: Sums, xy: Sums) -> None:
    for j in range(len(y)):
        i = j + POLY_N
        sum_y, sum_xy = np.float64(row[i] * _G[0]), 0.0
        for k in range(1, POLY_N + 1):
            sum_y += np.float64((row[i + k] + row[i - k]) * _G[k])
            sum_xy += np.float64((row[i + k] - row[i - k]) * _XG[k])
        y[j], xy[j] = sum_y, sum_xy


@jit
def _sum_square(row: Planes, yy: Sums) -> None:
    for j in range(len(yy)):
        i = j + POLY_N
        sum_yy = np.float64(row[i] * _G[0])
        for k in range(1, POLY_N + 1):
            sum_yy += np.float64((row[i + k] + row[i - k]) * _G[k])
        yy[j] = sum_yy


@jit
def _scale(values: Sums, factor: float, out: Planes) -> None:
    for x in range(len(out)):
        out[x] = values[x] * factor


@jit
def _mix(one: Sums, a: float, other: Sums, b: float, out: Planes) -> None:
    for x in range(len(out)):
        out[x] = one[x] * a + other[x] * b
