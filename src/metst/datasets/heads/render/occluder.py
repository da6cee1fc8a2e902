"""Something that passes in front of a face: a hand and its forearm, out of focus."""

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.render.jit import jit
from metst.datasets.heads.render.noise import layers
from metst.datasets.heads.render.scene import Scene

COLOUR = (0.42, 0.27, 0.21)
"""Albedo, red first."""

EDGE = 0.12
"""Width of the soft edge, in radii."""

ARM = 0.7
"""Width of the forearm, which reaches to the lower edge of the picture, beside that of the hand."""


@jit
def distance(u: float, v: float) -> float:
    """How far a place lies from the middle of the occluder, which ends at 1.

    Args:
        u: to the right of the middle of the hand, in radii.
        v: below it.
    """
    far = float(np.sqrt(u * u + v * v))
    return far if v < 0 else min(far, max(abs(u) / ARM, 1 - v))


def occlude(
    scene: Scene, light: NDArray[np.float32], place: NDArray[np.float32], gain: float
) -> None:
    """Draw an occluder over light (H, W, 3), in place.

    Args:
        scene: for the scale.
        light: of the picture.
        place: middle (x, y) and radius of the hand, in distances of the eyes from the middle of the
            picture.
        gain: brightness of the scene.
    """
    apart = scene.eyes_apart * scene.scale
    x, y = scene.size / 2 + place[0] * apart, scene.size / 2 - place[1] * apart
    _cover(light, float(x), float(y), float(place[2] * apart), gain, np.array(COLOUR), scene.seed)


@jit
def _cover(
    light: NDArray[np.float32],
    x: float,
    y: float,
    radius: float,
    gain: float,
    colour: NDArray[np.float64],
    seed: int,
) -> None:
    height, width, _ = light.shape
    for row in range(max(0, int(y - 1.3 * radius)), height):
        for column in range(max(0, int(x - 1.3 * radius)), min(width, int(x + 1.3 * radius) + 1)):
            u, v = (column + 0.5 - x) / radius, (row + 0.5 - y) / radius
            far = distance(u, v) + 0.12 * layers(2 * u, 2 * v, 0.0, seed, 2)
            share = min(1.0, max(0.0, (1 - far) / EDGE + 0.5))
            share = share * share * (3 - 2 * share)
            shaded = gain * (0.9 - 0.35 * far + 0.12 * layers(3 * u, 3 * v, 1.0, seed, 3))
            for channel in range(3):
                value = colour[channel] * max(0.0, shaded)
                light[row, column, channel] += share * (value - light[row, column, channel])
