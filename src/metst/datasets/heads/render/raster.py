"""Kernels that find which triangle each sample of the picture shows.

Shapes: F triangles, V vertices, H x W samples.
"""

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.render.jit import jit

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Real = np.float32

NOTHING = -1
"""In place of a triangle where the background is seen."""

FAR = -1e9


@jit
def rasterize(places: Floats, triangles: Ints, depth: Floats, shown: Ints, weights: Floats) -> None:
    """Nearest triangle of each sample, seen from outside.

    Args:
        places: (V, 3) column, row and depth of each vertex, from `project`, in samples.
        triangles: (F, 3).
        depth: (H, W) is overwritten.
        shown: (H, W) triangle, or `NOTHING`.
        weights: (H, W, 2) share of the second and third vertex.
    """
    height, width = depth.shape
    depth[:] = FAR
    shown[:] = NOTHING
    for f in range(len(triangles)):
        a, b, c = triangles[f, 0], triangles[f, 1], triangles[f, 2]
        ax, ay = places[a, 0], places[a, 1]
        ux, uy = places[b, 0] - ax, places[b, 1] - ay
        vx, vy = places[c, 0] - ax, places[c, 1] - ay
        area = vx * uy - ux * vy  # rows grow downwards: counter-clockwise triangles are positive
        if area <= np.float32(1e-9):
            continue
        left, right = _bounds(ax, ux, vx, width)
        top, bottom = _bounds(ay, uy, vy, height)
        az = places[a, 2]
        uz, vz = places[b, 2] - az, places[c, 2] - az
        share = np.float32(1.0) / area
        sx, sy, tx, ty = -vy * share, vx * share, uy * share, -ux * share
        for row in range(top, bottom + 1):
            y = np.float32(row) + np.float32(0.5) - ay
            begin, end = _span(sx, sy * y, tx, ty * y, ax, left, right)
            for column in range(begin, end + 1):
                x = np.float32(column) + np.float32(0.5) - ax
                second = sx * x + sy * y
                third = tx * x + ty * y
                z = az + second * uz + third * vz
                inside = second >= 0 and third >= 0 and second + third <= 1
                if inside and z > depth[row, column]:
                    depth[row, column] = z
                    shown[row, column] = f
                    weights[row, column, 0] = second
                    weights[row, column, 1] = third


@jit
def _bounds(start: Real, u: Real, v: Real, size: int) -> tuple[int, int]:
    """First and last row or column of `size` that a triangle with these sides can touch."""
    low, high = min(start, start + u, start + v), max(start, start + u, start + v)
    return max(0, int(np.floor(low))), min(size - 1, int(np.ceil(high)))


@jit
def _span(
    sx: Real, s0: Real, tx: Real, t0: Real, ax: Real, left: int, right: int
) -> tuple[int, int]:
    """First and last column of a row that can lie in a triangle; a little more, never less.

    There s0 + sx * x, t0 + tx * x and 1 - their sum are not negative.
    """
    low, high = np.float32(left) - ax, np.float32(right) + np.float32(1) - ax
    for slope, start in ((sx, s0), (tx, t0), (-sx - tx, np.float32(1) - s0 - t0)):
        if slope > np.float32(1e-12):
            low = max(low, -start / slope)
        elif slope < np.float32(-1e-12):
            high = min(high, -start / slope)
    low, high = max(low + ax, np.float32(left)), min(high + ax, np.float32(right) + np.float32(1))
    if high < low - 1:
        return 1, 0
    return max(left, int(low - np.float32(0.51))), min(right, int(high))


@jit
def rasterize_lashes(
    places: Floats, triangles: Ints, strands: Floats, depth: Floats, cover: Floats
) -> None:
    """How much of each sample (H, W) lashes cover; they hide nothing else.

    Args:
        places: (V, 3) as for `rasterize`.
        triangles: (N, 3) of the lashes.
        strands: (V,) place along the lid, which makes single hairs.
        depth: (H, W) of everything else, from `rasterize`.
        cover: (H, W) is overwritten.
    """
    height, width = depth.shape
    cover[:] = 0
    for f in range(len(triangles)):
        a, b, c = triangles[f, 0], triangles[f, 1], triangles[f, 2]
        ax, ay = places[a, 0], places[a, 1]
        ux, uy = places[b, 0] - ax, places[b, 1] - ay
        vx, vy = places[c, 0] - ax, places[c, 1] - ay
        area = vx * uy - ux * vy
        if abs(area) <= np.float32(1e-9):
            continue
        left, right = _bounds(ax, ux, vx, width)
        top, bottom = _bounds(ay, uy, vy, height)
        share = np.float32(1.0) / area
        for row in range(top, bottom + 1):
            y = np.float32(row) + np.float32(0.5) - ay
            for column in range(left, right + 1):
                x = np.float32(column) + np.float32(0.5) - ax
                second = (vx * y - vy * x) * share
                third = (uy * x - ux * y) * share
                if second < 0 or third < 0 or second + third > 1:
                    continue
                first = 1 - second - third
                z = first * places[a, 2] + second * places[b, 2] + third * places[c, 2]
                if z > depth[row, column] - np.float32(0.01):
                    along = first * strands[a] + second * strands[b] + third * strands[c]
                    part = along - np.floor(along)
                    cover[row, column] = max(
                        cover[row, column], np.float32(0.6) - np.float32(0.5) * abs(2 * part - 1)
                    )


@jit
def seen(places: Floats, depth: Floats, margin: float, out: NDArray[np.bool_]) -> None:
    """Whether each vertex (V,) is seen: nothing lies more than `margin` before it."""
    height, width = depth.shape
    for v in range(len(places)):
        row, column = int(places[v, 1]), int(places[v, 0])
        inside = 0 <= row < height and 0 <= column < width
        out[v] = inside and places[v, 2] > depth[row, column] - margin
