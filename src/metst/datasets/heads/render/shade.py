"""Kernels that colour the samples of a picture.

Shapes: H x W picture elements, 2H x 2W samples, V vertices, F triangles, S x S texture elements.
Light is linear: the displayed value is the square root.
"""

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.mesh import BODY, EYE, TEETH, TONGUE
from metst.datasets.heads.render.jit import SUPER, inlined, jit
from metst.datasets.heads.render.material import eyeball, reflected, surface
from metst.datasets.heads.render.values import (
    HALF,
    ONE,
    Corners,
    Floats,
    Pair,
    Real,
    Triple,
    between,
    cosine,
    power16,
    rise,
)

Ints = NDArray[np.int32]

SAMPLES = SUPER * SUPER

SKIN_GLOSS, WET_GLOSS, CATCHLIGHT = np.float32(0.07), np.float32(0.05), np.float32(0.7)
"""Reflected share of a light, of skin, of teeth and tongue, and of an eye."""

WRAP = np.float32(0.3)
"""How far red light goes around a skin's edge, as the cosine of the angle; other light less."""


@jit
def shade(
    shown: Ints,
    weights: Floats,
    lashes: Floats,
    triangles: Ints,
    part: NDArray[np.uint8],
    side: NDArray[np.uint8],
    points: Floats,
    texture: Floats,
    colours: Floats,
    lights: Floats,
    gaze: Floats,
    seed: int,
    background: Floats,
    out: Floats,
) -> None:
    """Light (H, W, 3) that each picture element receives: the mean of its samples.

    Args:
        shown: (2H, 2W) triangle of each sample, from `rasterize`.
        weights: (2H, 2W, 2) from `rasterize`.
        lashes: (2H, 2W) cover by lashes.
        triangles: (F, 3).
        part: (F,).
        side: (F,) 0 for the left half of the head, 1 for the right.
        points: (V, 8) of each vertex: normal, share of the surroundings that it sees, place in the
            texture, cover by hair and by cloth.
        texture: (S, S, 4), from `paint`.
        colours: (6, 3) albedo of hair, cloth, iris, teeth, tongue and the lining of the mouth.
        lights: (6, 3) direction and colour of the main light, of the second, colour of the
            surroundings, and the direction between main light and camera.
        gaze: (2, 3) direction of either eye.
        seed: of fine structure.
        background: (H, W, 3).
        out: (H, W, 3).
    """
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            red = green = blue = np.float32(0)
            for sub in range(SAMPLES):
                f = shown[SUPER * y + sub // SUPER, SUPER * x + sub % SUPER]
                if f < 0:
                    r, g, b = background[y, x, 0], background[y, x, 1], background[y, x, 2]
                    count = 1
                else:
                    count, second, third, bare = _same(shown, weights, lashes, y, x, sub)
                    if count == 0:
                        continue
                    inner, kind, eye = (second, third), part[f], side[f]
                    corners = triangles[f, 0], triangles[f, 1], triangles[f, 2]
                    # fmt: off
                    r, g, b = _sample(
                        corners, inner, kind, eye, points, texture, colours, lights, gaze, seed
                    )
                    # fmt: on
                    r, g, b = r * bare, g * bare, b * bare
                share = np.float32(count) / np.float32(SAMPLES)
                red, green, blue = red + share * r, green + share * g, blue + share * b
            out[y, x, 0], out[y, x, 1], out[y, x, 2] = red, green, blue


@inlined
def _same(
    shown: Ints, weights: Floats, lashes: Floats, y: int, x: int, first: int
) -> tuple[int, Real, Real, Real]:
    """The samples of a picture element that show the same triangle as its sample `first`.

    They are coloured once, at their mean place.

    Returns:
        How many they are, 0 where an earlier sample shows it; their mean weights; and the mean
        share that lashes leave.
    """
    f = shown[SUPER * y + first // SUPER, SUPER * x + first % SUPER]
    count, second, third, bare = 0, np.float32(0), np.float32(0), np.float32(0)
    for sub in range(SAMPLES):
        row, column = SUPER * y + sub // SUPER, SUPER * x + sub % SUPER
        if shown[row, column] == f:
            if sub < first:
                return 0, second, third, bare
            count += 1
            second += weights[row, column, 0]
            third += weights[row, column, 1]
            bare += ONE - lashes[row, column]
    share = ONE / np.float32(count)
    return count, second * share, third * share, bare * share


@inlined
def _sample(
    corners: Corners,
    inner: Pair,
    kind: int,
    side: int,
    points: Floats,
    texture: Floats,
    colours: Floats,
    lights: Floats,
    gaze: Floats,
    seed: int,
) -> Triple:
    """Light from one point of a triangle."""
    nx, ny, nz = (
        between(points, corners, inner, 0),
        between(points, corners, inner, 1),
        between(points, corners, inner, 2),
    )
    size = ONE / (np.sqrt(nx * nx + ny * ny + nz * nz) + np.float32(1e-9))
    normal = nx * size, ny * size, nz * size
    glint = max(np.float32(0), cosine(normal, lights, 5))
    wrap, shine = np.float32(0), WET_GLOSS * power16(glint)
    if kind == BODY:
        albedo, skin = surface(points, corners, inner, texture, colours)
        wrap, shine = WRAP * skin, SKIN_GLOSS * skin * power16(glint)
    elif kind == EYE:
        albedo = eyeball(normal, gaze, side, colours, seed)
        shine = CATCHLIGHT * rise(np.float32(0.986), np.float32(0.996), glint)
    else:
        place = 3 if kind == TEETH else (4 if kind == TONGUE else 5)
        albedo = colours[place, 0], colours[place, 1], colours[place, 2]
    return reflected(normal, albedo, between(points, corners, inner, 3), wrap, shine, lights)


@jit
def display(light: Floats, out: NDArray[np.uint8]) -> None:
    """Displayed picture (H, W, 3), blue first, of light (H, W, 3), red first."""
    height, width, _ = light.shape
    for y in range(height):
        for x in range(width):
            for channel in range(3):
                value = np.sqrt(min(ONE, max(np.float32(0), light[y, x, channel])))
                out[y, x, 2 - channel] = np.uint8(value * np.float32(255) + HALF)
