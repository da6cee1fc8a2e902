"""Kernels for what surfaces are made of, and the light that they send to the camera; red first.

Shapes: V vertices, S x S texture elements.
"""

import numpy as np

from metst.datasets.heads.render.jit import inlined
from metst.datasets.heads.render.noise import noise
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
    rise,
)

HIDDEN = np.float32(0.25)
"""Share of a lamp's light that reaches what sees nothing of the surroundings."""


@inlined
def surface(
    points: Floats, corners: Corners, inner: Pair, texture: Floats, colours: Floats
) -> tuple[Triple, Real]:
    """Albedo of skin, hair or cloth inside a triangle, and the share of bare skin."""
    u, v = between(points, corners, inner, 4), between(points, corners, inner, 5)
    r, g, b, strand = _texel(texture, u, v)
    hair, cloth = between(points, corners, inner, 6), between(points, corners, inner, 7)
    if hair <= 0 and cloth <= 0:
        return (r, g, b), ONE
    grown = rise(np.float32(0.3), np.float32(0.75), hair + np.float32(0.25) * strand)
    lit = ONE + np.float32(0.45) * strand
    r += grown * (colours[0, 0] * lit - r)
    g += grown * (colours[0, 1] * lit - g)
    b += grown * (colours[0, 2] * lit - b)
    worn = rise(np.float32(0.45), np.float32(0.55), cloth)
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
def eyeball(normal: Triple, gaze: Floats, side: int, colours: Floats, seed: int) -> Triple:
    """Albedo of an eyeball where its surface points along `normal`.

    The sine of the angle to its gaze is the distance from the middle of the pupil, in radii.
    """
    ahead = cosine(normal, gaze, side)
    far = np.float32(2) if ahead <= 0 else np.sqrt(max(np.float32(0), ONE - ahead * ahead))
    white = rise(np.float32(0.46), np.float32(0.53), far)
    black = ONE - rise(np.float32(0.15), np.float32(0.20), far)
    ring = rise(np.float32(0.34), np.float32(0.47), far)
    pink = np.float32(0.1) * rise(np.float32(0.6), np.float32(1.0), far)
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
def reflected(
    normal: Triple, albedo: Triple, sky: Real, wrap: Real, shine: Real, lights: Floats
) -> Triple:
    """Light that comes from a surface."""
    main, other = cosine(normal, lights, 0), cosine(normal, lights, 2)
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
