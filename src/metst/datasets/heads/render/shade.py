"""Kernels that colour the samples of a picture.

Shapes: H x W picture elements, 2H x 2W samples, V vertices, F triangles, S x S texture elements.
Light is linear: the displayed value is the square root.
"""

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.mesh import BODY, EYE, TEETH, TONGUE
from metst.datasets.heads.render.jit import SUPER, inlined, jit
from metst.datasets.heads.render.noise import noise

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Real = np.float32
Pair = tuple[Real, Real]
Triple = tuple[Real, Real, Real]
Corners = tuple[np.int32, np.int32, np.int32]

SAMPLES = SUPER * SUPER
ONE, HALF = np.float32(1), np.float32(0.5)

SKIN_GLOSS, WET_GLOSS, CATCHLIGHT = np.float32(0.07), np.float32(0.05), np.float32(0.7)
"""Reflected share of a light, of skin, of teeth and tongue, and of an eye."""

WRAP = np.float32(0.3)
"""How far red light goes around a skin's edge, as the cosine of the angle; other light less."""

HIDDEN = np.float32(0.25)
"""Share of a lamp's light that reaches what sees nothing of the surroundings."""


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
        _between(points, corners, inner, 0),
        _between(points, corners, inner, 1),
        _between(points, corners, inner, 2),
    )
    size = ONE / (np.sqrt(nx * nx + ny * ny + nz * nz) + np.float32(1e-9))
    normal = nx * size, ny * size, nz * size
    glint = max(np.float32(0), _cosine(normal, lights, 5))
    wrap, shine = np.float32(0), WET_GLOSS * _power16(glint)
    if kind == BODY:
        albedo, skin = _surface(points, corners, inner, texture, colours)
        wrap, shine = WRAP * skin, SKIN_GLOSS * skin * _power16(glint)
    elif kind == EYE:
        albedo = _eyeball(normal, gaze, side, colours, seed)
        shine = CATCHLIGHT * _rise(np.float32(0.986), np.float32(0.996), glint)
    else:
        place = 3 if kind == TEETH else (4 if kind == TONGUE else 5)
        albedo = colours[place, 0], colours[place, 1], colours[place, 2]
    return _lit(normal, albedo, _between(points, corners, inner, 3), wrap, shine, lights)


@inlined
def _between(points: Floats, corners: Corners, inner: Pair, which: int) -> Real:
    """A value of the vertices inside a triangle."""
    a, b, c = corners
    second, third = inner
    first = ONE - second - third
    return np.float32(
        first * points[a, which] + second * points[b, which] + third * points[c, which]
    )


@inlined
def _cosine(normal: Triple, directions: Floats, which: int) -> Real:
    """Cosine of the angle between two directions."""
    return np.float32(
        normal[0] * directions[which, 0]
        + normal[1] * directions[which, 1]
        + normal[2] * directions[which, 2]
    )


@inlined
def _power16(value: Real) -> Real:
    value = value * value
    value = value * value
    value = value * value
    return value * value


@inlined
def _rise(low: Real, high: Real, value: Real) -> Real:
    """0 below `low`, 1 above `high`, smooth between."""
    share = min(ONE, max(np.float32(0), (value - low) / (high - low)))
    return share * share * (np.float32(3) - np.float32(2) * share)


@inlined
def _surface(
    points: Floats, corners: Corners, inner: Pair, texture: Floats, colours: Floats
) -> tuple[Triple, Real]:
    """Albedo of skin, hair or cloth inside a triangle, and the share of bare skin."""
    u, v = _between(points, corners, inner, 4), _between(points, corners, inner, 5)
    r, g, b, strand = _texel(texture, u, v)
    hair, cloth = _between(points, corners, inner, 6), _between(points, corners, inner, 7)
    if hair <= 0 and cloth <= 0:
        return (r, g, b), ONE
    grown = _rise(np.float32(0.3), np.float32(0.75), hair + np.float32(0.25) * strand)
    lit = ONE + np.float32(0.45) * strand
    r += grown * (colours[0, 0] * lit - r)
    g += grown * (colours[0, 1] * lit - g)
    b += grown * (colours[0, 2] * lit - b)
    worn = _rise(np.float32(0.45), np.float32(0.55), cloth)
    lit = ONE + np.float32(0.12) * strand
    r += worn * (colours[1, 0] * lit - r)
    g += worn * (colours[1, 1] * lit - g)
    b += worn * (colours[1, 2] * lit - b)
    return (r, g, b), (ONE - grown) * (ONE - worn)


@inlined
def _texel(texture: Floats, u: Real, v: Real) -> tuple[Real, Real, Real, Real]:
    """The four values of a texture between its elements."""
    size = texture.shape[0]
    last = np.float32(size) - np.float32(1.001)
    x = min(max(u * np.float32(size) - HALF, np.float32(0)), last)
    y = min(max((ONE - v) * np.float32(size) - HALF, np.float32(0)), last)
    i, j = int(x), int(y)
    a, b = x - np.float32(i), y - np.float32(j)
    p, q, s, t = (ONE - a) * (ONE - b), a * (ONE - b), (ONE - a) * b, a * b
    return (
        _blend(texture, i, j, p, q, s, t, 0),
        _blend(texture, i, j, p, q, s, t, 1),
        _blend(texture, i, j, p, q, s, t, 2),
        _blend(texture, i, j, p, q, s, t, 3),
    )


@inlined
def _blend(
    texture: Floats, i: int, j: int, p: Real, q: Real, s: Real, t: Real, channel: int
) -> Real:
    """Weighted sum of four neighbours."""
    return np.float32(
        p * texture[j, i, channel]
        + q * texture[j, i + 1, channel]
        + s * texture[j + 1, i, channel]
        + t * texture[j + 1, i + 1, channel]
    )


@inlined
def _eyeball(normal: Triple, gaze: Floats, side: int, colours: Floats, seed: int) -> Triple:
    """Albedo of an eyeball where its surface points along `normal`.

    The sine of the angle to its gaze is the distance from the middle of the pupil, in radii.
    """
    ahead = _cosine(normal, gaze, side)
    far = np.float32(2) if ahead <= 0 else np.sqrt(max(np.float32(0), ONE - ahead * ahead))
    white = _rise(np.float32(0.46), np.float32(0.53), far)
    black = ONE - _rise(np.float32(0.15), np.float32(0.20), far)
    ring = _rise(np.float32(0.34), np.float32(0.47), far)
    pink = np.float32(0.1) * _rise(np.float32(0.6), np.float32(1.0), far)
    scale = np.float32(9) / (far + np.float32(0.05))
    across = (normal[0] - ahead * gaze[side, 0]) * scale
    up = (normal[1] - ahead * gaze[side, 1]) * scale
    fibres = np.float32(noise(across, up, np.float32(4) * far, seed))
    lit = (ONE + np.float32(0.35) * fibres) * (ONE - np.float32(0.6) * ring) * (ONE - white)
    sclera = np.float32(0.62)
    return (
        (colours[2, 0] * lit + white * sclera) * (ONE - black),
        (colours[2, 1] * lit + white * (sclera - pink)) * (ONE - black),
        (colours[2, 2] * lit + white * (sclera - pink - pink)) * (ONE - black),
    )


@inlined
def _lit(
    normal: Triple, albedo: Triple, sky: Real, wrap: Real, shine: Real, lights: Floats
) -> Triple:
    """Light that comes from a surface."""
    main, other = _cosine(normal, lights, 0), _cosine(normal, lights, 2)
    reached = HIDDEN + (ONE - HIDDEN) * sky
    around = sky * (np.float32(0.65) + np.float32(0.35) * normal[1])
    less = np.float32(0.4) * wrap  # green and blue light go less far into skin
    return (
        _channel(lights, 0, albedo[0], main, other, wrap, reached, around, shine),
        _channel(lights, 1, albedo[1], main, other, less, reached, around, shine),
        _channel(lights, 2, albedo[2], main, other, less, reached, around, shine),
    )


@inlined
def _channel(
    lights: Floats,
    channel: int,
    albedo: Real,
    main: Real,
    other: Real,
    soft: Real,
    reached: Real,
    around: Real,
    shine: Real,
) -> Real:
    """Light of one colour."""
    direct = max(np.float32(0), (main + soft) / (ONE + soft)) * reached
    weak = max(np.float32(0), (other + soft) / (ONE + soft)) * reached
    light = lights[1, channel] * direct + lights[3, channel] * weak + lights[4, channel] * around
    return np.float32(albedo * light + lights[1, channel] * shine * reached)


@jit
def display(light: Floats, out: NDArray[np.uint8]) -> None:
    """Displayed picture (H, W, 3), blue first, of light (H, W, 3), red first."""
    height, width, _ = light.shape
    for y in range(height):
        for x in range(width):
            for channel in range(3):
                value = np.sqrt(min(ONE, max(np.float32(0), light[y, x, channel])))
                out[y, x, 2 - channel] = np.uint8(value * np.float32(255) + HALF)
