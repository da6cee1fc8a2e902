"""Displacement between two expanded images, from an estimate of it (Farnebäck 2003, section 4)."""

import numpy as np

from metst.features.farneback.jit import Indices, Planes, Sums, jit
from metst.features.farneback.parameters import DEFAULT, REGULARIZATION

WINDOW_SIZE = DEFAULT.winsize

_ZERO, _QUARTER, _HALF, _ONE = (np.float32(v) for v in (0, 0.25, 0.5, 1))
_REACH = WINDOW_SIZE // 2
_AREA = 1 / WINDOW_SIZE**2


@jit
def refine(first: Planes, second: Planes, weights: Planes, flow: Planes, iterations: int) -> None:
    """Improve an estimate of the flow, in place.

    Args:
        first: expansion of the first image.
        second: expansion of the second image.
        weights: of the pixels (H, W), lower at the border.
        flow: the estimate.
        iterations: how often.
    """
    system = np.empty_like(first)
    for _ in range(iterations):
        _set_up(first, second, weights, flow, system)
        _solve(system, flow)


@jit
def _set_up(first: Planes, second: Planes, weights: Planes, flow: Planes, system: Planes) -> None:
    """Equations for the displacement of each pixel, given an estimate of it."""
    _, height, width = first.shape
    pixels = height * width
    at, fractions = np.empty(pixels, np.int32), np.empty((2, pixels), np.float32)
    mixed = np.empty((5, pixels), np.float32)
    one, two = first.reshape(5, pixels), second.reshape(5, pixels)
    dx, dy = flow[0].ravel(), flow[1].ravel()
    _locate(dx, dy, height, width, at, fractions)
    _interpolate(two, at, fractions[0], fractions[1], width, mixed)
    _mix_expansions(one, at, dx, dy, mixed)
    for c in range(5):
        _weigh(weights.ravel(), mixed[c])
    _equations(mixed, system.reshape(5, pixels))


@jit
def _locate(
    dx: Planes, dy: Planes, height: int, width: int, at: Indices, fractions: Planes
) -> None:
    """Where each pixel goes: the pixel above and left of the place, and the rest of the way."""
    columns, rows = np.empty(width, np.int32), np.empty(width, np.int32)
    for y in range(height):
        row = slice(y * width, (y + 1) * width)
        _split(dx[row], 0, 1, width, columns, fractions[0, row])
        _split(dy[row], y, 0, height, rows, fractions[1, row])
        _address(columns, rows, at[row])


@jit
def _split(
    motion: Planes, start: int, step: int, length: int, whole: Indices, fraction: Planes
) -> None:
    """Places `start + step * x + motion`: the pixel before each, -1 for outside, and the rest."""
    last = np.float32(length - 1)
    for x in range(len(motion)):
        place = np.float32(start + step * x) + motion[x]
        before = np.floor(place)
        fraction[x] = place - before
        whole[x] = np.int32(before) if (before >= 0) & (before < last) else np.int32(-1)


@jit
def _address(columns: Indices, rows: Indices, at: Indices) -> None:
    """Places in planes (H * W), -1 for outside."""
    width = np.int32(len(at))
    for x in range(len(at)):
        inside = (columns[x] >= 0) & (rows[x] >= 0)
        at[x] = rows[x] * width + columns[x] if inside else np.int32(-1)


@jit
def _interpolate(
    planes: Planes, at: Indices, right: Planes, down: Planes, width: int, out: Planes
) -> None:
    """Bilinear values of the five planes (5, H * W)."""
    y, x, yy, xx, xy = planes[0], planes[1], planes[2], planes[3], planes[4]
    out_y, out_x, out_yy, out_xx, out_xy = out[0], out[1], out[2], out[3], out[4]
    for j in range(len(at)):
        i = max(at[j], 0)  # what is outside gets any value here
        k = i + width
        r, d = right[j], down[j]
        tl, tr, bl, br = (_ONE - r) * (_ONE - d), r * (_ONE - d), (_ONE - r) * d, r * d
        out_y[j] = tl * y[i] + tr * y[i + 1] + bl * y[k] + br * y[k + 1]
        out_x[j] = tl * x[i] + tr * x[i + 1] + bl * x[k] + br * x[k + 1]
        out_yy[j] = tl * yy[i] + tr * yy[i + 1] + bl * yy[k] + br * yy[k + 1]
        out_xx[j] = tl * xx[i] + tr * xx[i + 1] + bl * xx[k] + br * xx[k + 1]
        out_xy[j] = tl * xy[i] + tr * xy[i + 1] + bl * xy[k] + br * xy[k + 1]


@jit
def _mix_expansions(first: Planes, at: Indices, dx: Planes, dy: Planes, mixed: Planes) -> None:
    """Mean expansion of both images; where a place is outside, that of the first alone.

    In: `mixed` is the expansion of the second image. Out: y and x relative to the estimate.
    """
    yy, xx, xy = mixed[2], mixed[3], mixed[4]
    _mean(first[2], at, _HALF, _ONE, yy)
    _mean(first[3], at, _HALF, _ONE, xx)
    _mean(first[4], at, _QUARTER, _HALF, xy)
    _difference(first[0], at, yy, dy, xy, dx, mixed[0])
    _difference(first[1], at, xy, dy, xx, dx, mixed[1])


@jit
def _mean(
    first: Planes, at: Indices, inside: np.float32, outside: np.float32, mixed: Planes
) -> None:
    for x in range(len(at)):
        mixed[x] = (first[x] + mixed[x]) * inside if at[x] >= 0 else first[x] * outside


@jit
def _difference(
    first: Planes, at: Indices, a: Planes, dy: Planes, b: Planes, dx: Planes, mixed: Planes
) -> None:
    for x in range(len(at)):
        second = mixed[x] if at[x] >= 0 else _ZERO
        mixed[x] = (first[x] - second) * _HALF + (a[x] * dy[x] + b[x] * dx[x])


@jit
def _weigh(weights: Planes, mixed: Planes) -> None:
    for x in range(len(mixed)):
        mixed[x] *= weights[x]


@jit
def _equations(mixed: Planes, system: Planes) -> None:
    """Products of the coefficients."""
    y, x, yy, xx, xy = mixed[0], mixed[1], mixed[2], mixed[3], mixed[4]
    _products(yy, yy, xy, xy, system[0])
    _trace_product(yy, xx, xy, system[1])
    _products(xx, xx, xy, xy, system[2])
    _products(yy, y, xy, x, system[3])
    _products(xy, y, xx, x, system[4])


@jit
def _trace_product(yy: Planes, xx: Planes, xy: Planes, out: Planes) -> None:
    for x in range(len(out)):
        out[x] = (yy[x] + xx[x]) * xy[x]


@jit
def _products(a: Planes, b: Planes, c: Planes, d: Planes, out: Planes) -> None:
    for x in range(len(out)):
        out[x] = a[x] * b[x] + c[x] * d[x]


@jit
def _solve(system: Planes, flow: Planes) -> None:
    """Average the equations over a box around each pixel, and solve them for its displacement."""
    _, height, width = system.shape
    pixels = height * width
    sums = np.zeros((5, width + 2 * _REACH + 1))  # over the rows of the box
    boxes = np.empty((5, pixels))
    _start_sums(system, sums)
    for row in range(height):
        _move_sums(system, min(row + _REACH, height - 1), max(row - _REACH - 1, 0), sums)
        _sum_boxes(sums, boxes[:, row * width : (row + 1) * width])
    xx, xy, yy, x, y = boxes[0], boxes[1], boxes[2], boxes[3], boxes[4]
    inverse = np.empty(pixels)
    _invert(xx, xy, yy, inverse)
    _displace(xx, y, xy, x, inverse, flow[0].ravel())
    _displace(yy, x, xy, y, inverse, flow[1].ravel())


@jit
def _start_sums(system: Planes, sums: Sums) -> None:
    """Sums over the rows of the box around row -1; rows beyond the border repeat it."""
    _, height, width = system.shape
    for c in range(5):
        for x in range(width):
            sums[c, _REACH + 1 + x] = system[c, 0, x] * np.float32(_REACH + 2)
        for y in range(1, _REACH):
            row = min(y, height - 1)
            for x in range(width):
                sums[c, _REACH + 1 + x] += system[c, row, x]


@jit
def _move_sums(system: Planes, below: int, above: int, sums: Sums) -> None:
    """Add row `below`, remove row `above`, and repeat the first and last sum at the sides."""
    width = system.shape[2]
    for c in range(5):
        for x in range(width):
            sums[c, _REACH + 1 + x] += np.float64(system[c, below, x] - system[c, above, x])
        first, last = sums[c, _REACH + 1], sums[c, _REACH + width]
        for x in range(_REACH + 1):
            sums[c, x] = first
        for x in range(_REACH):
            sums[c, _REACH + 1 + width + x] = last


@jit
def _sum_boxes(sums: Sums, boxes: Sums) -> None:
    """Running sums along a row; the five are independent, so the processor overlaps them."""
    r0, r1, r2, r3, r4 = sums[0], sums[1], sums[2], sums[3], sums[4]
    b0, b1, b2, b3, b4 = boxes[0], boxes[1], boxes[2], boxes[3], boxes[4]
    start = np.float64(_REACH + 2)
    s0, s1, s2, s3, s4 = r0[0] * start, r1[0] * start, r2[0] * start, r3[0] * start, r4[0] * start
    for x in range(_REACH + 2, WINDOW_SIZE):
        s0, s1, s2, s3, s4 = s0 + r0[x], s1 + r1[x], s2 + r2[x], s3 + r3[x], s4 + r4[x]
    for x in range(len(b0)):
        end = x + WINDOW_SIZE
        s0 += r0[end] - r0[x]
        s1 += r1[end] - r1[x]
        s2 += r2[end] - r2[x]
        s3 += r3[end] - r3[x]
        s4 += r4[end] - r4[x]
        b0[x], b1[x], b2[x], b3[x], b4[x] = s0, s1, s2, s3, s4


@jit
def _invert(xx: Sums, xy: Sums, yy: Sums, inverse: Sums) -> None:
    for i in range(len(inverse)):
        a, b, c = xx[i] * _AREA, xy[i] * _AREA, yy[i] * _AREA
        inverse[i] = 1.0 / (a * c - b * b + REGULARIZATION)


@jit
def _displace(a: Sums, b: Sums, c: Sums, d: Sums, inverse: Sums, out: Planes) -> None:
    for i in range(len(out)):
        p, q, r, s = a[i] * _AREA, b[i] * _AREA, c[i] * _AREA, d[i] * _AREA
        out[i] = (p * q - r * s) * inverse[i]
