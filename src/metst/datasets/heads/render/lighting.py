"""Where the light comes from, and how much of it reaches each part of a head."""

from math import cos, pi, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.render import geometry, raster
from metst.datasets.heads.rounding import stepped

Floats = NDArray[np.float32]

DIRECTIONS, SIZE = 64, 160
"""Directions from which the surroundings are looked at, and px of these pictures."""

MAIN, SECOND = (0.45, 0.5, 0.85), (-0.75, 0.1, 0.6)
"""Directions of the lights."""

COLOURS = ((0.72, 0.70, 0.66), (0.20, 0.21, 0.23), (0.42, 0.43, 0.46))
"""Light of the main lamp, of the second and of the surroundings."""

MARGIN = 0.04
"""Depth, dm, by which a vertex may lie behind the surface of a coarse picture."""


def lights(light: Floats) -> Floats:
    """Lights (6, 3) as `shade` reads them, of brightness and turns (3,)."""
    gain, across, up = (float(value) for value in light)
    x, y, z = MAIN
    x, z = x * cos(across) + z * sin(across), z * cos(across) - x * sin(across)
    y, z = y * cos(up) + z * sin(up), z * cos(up) - y * sin(up)
    main, second = _unit(x, y, z), _unit(*SECOND)
    between = _unit(main[0], main[1], main[2] + 1)
    bright = gain * np.array(COLOURS)
    return stepped(np.stack([main, bright[0], second, bright[1], bright[2], between]))


def _unit(x: float, y: float, z: float) -> NDArray[np.float64]:
    return np.array([x, y, z]) / sqrt(x * x + y * y + z * z)


def open_sky(vertices: Floats, triangles: NDArray[np.int32]) -> Floats:
    """Share (V,) of the surroundings that each vertex (V, 3) sees, weighted by its normal."""
    normals = np.empty_like(vertices)
    geometry.normals(vertices, triangles, normals)
    seen, all_of_it = (np.zeros(len(vertices)) for _ in range(2))
    depth, shown = np.empty((SIZE, SIZE), np.float32), np.empty((SIZE, SIZE), np.int32)
    weights, visible = np.empty((SIZE, SIZE, 2), np.float32), np.empty(len(vertices), np.bool_)
    middle = (vertices.max(0) + vertices.min(0)) / 2
    for direction in _directions():
        right = _unit(direction[2], 0.0, -direction[0])
        up = np.cross(direction, right)
        # Sums of products and no matrix product, whose rounding depends on the machine.
        x, y, z = (((vertices - middle) * axis).sum(1) for axis in (right, up, direction))
        places = np.stack([SIZE / 2 + x * SIZE / 6, SIZE / 2 - y * SIZE / 6, z], 1)
        places = np.ascontiguousarray(places, np.float32)
        raster.rasterize(places, triangles, depth, shown, weights)
        raster.seen(places, depth, MARGIN, visible)
        facing = np.clip((normals * direction).sum(1), 0, None)
        seen += facing * visible
        all_of_it += facing
    return stepped(seen / np.maximum(all_of_it, 1e-6))


def _directions() -> NDArray[np.float64]:
    """Directions (N, 3) spread evenly over the sphere, none straight up."""
    turn = pi * (3 - sqrt(5))
    heights = [1 - (2 * n + 1) / DIRECTIONS for n in range(DIRECTIONS)]
    rows = [
        (sqrt(1 - y * y) * cos(n * turn), y, sqrt(1 - y * y) * sin(n * turn))
        for n, y in enumerate(heights)
    ]
    return stepped(np.array(rows)).astype(np.float64)
