"""Textures and attributes of a head.

Shapes: S x S texture elements, V vertices. Colours are linear light, the square of what is
displayed: with a square root for the display every machine rounds alike.
"""

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.identity import Identity
from metst.datasets.heads.mesh import AXIS, HIGHEST, LOWEST, WIDE, Mesh
from metst.datasets.heads.render.jit import jit
from metst.datasets.heads.render.noise import layers, noise
from metst.datasets.heads.rounding import stepped

Floats = NDArray[np.float32]
Colour = NDArray[np.float64]

SIZE = 512
"""Side of the texture: an element of the face is about as large as one of the picture."""

FINE = 2
"""It is painted so many times as fine."""

RADIUS = 1.1
"""Distance of the face from the axis of the texture, dm."""

BEHIND = 9.0
"""Distance from the middle of the face, dm, that places on the back of the head get."""


def paint(identity: Identity, mesh: Mesh) -> Floats:
    """Texture (S, S, 4): red, green and blue in linear light, and strands of hair, -1 to 1."""
    texture = np.empty((FINE * SIZE, FINE * SIZE, 4), np.float32)
    lips = _smooth(mesh.masks["lips"], 1)
    lids = _smooth(mesh.masks["eyelids"], 2)
    thick, dark = identity.brows
    traits = (thick, dark, identity.beard, identity.freckles, identity.age)
    colours = identity.skin, identity.lips, identity.hair
    _paint(texture, lips, lids, *colours, traits, identity.seed)
    return stepped(texture.reshape(SIZE, FINE, SIZE, FINE, 4).mean(axis=(1, 3)))


def _smooth(mask: NDArray[np.uint8], rounds: int) -> Floats:
    """A mask, 0 to 1, with soft edges: means of 3 x 3, again and again."""
    soft = mask.astype(np.float32) / np.float32(255)
    for _ in range(rounds):
        soft = (soft + np.roll(soft, 1, 0) + np.roll(soft, -1, 0)) / np.float32(3)
        soft = (soft + np.roll(soft, 1, 1) + np.roll(soft, -1, 1)) / np.float32(3)
    return soft


@jit
def _step(low: float, high: float, value: float) -> float:
    """0 below `low`, 1 above `high`, smooth between."""
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    return share * share * (3 - 2 * share)


@jit
def _spot(x: float, y: float, cx: float, cy: float, rx: float, ry: float) -> float:
    """1 in the middle of an ellipse, 0 outside, smooth between."""
    distance = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2
    return max(0.0, 1 - distance) ** 2


@jit
def _brow(x: float, y: float, thick: float, seed: int) -> float:
    """Cover (0 to 1) of a brow at a distance `x` from the middle and a height `y`, dm."""
    along = (x - 0.12) / 0.46
    if along < -0.08 or along > 1.05:
        return 0.0
    middle = 7.475 + 0.115 * along - 0.10 * along * along * along
    half = thick * (0.034 - 0.022 * along * along)
    strands = 0.5 + 0.5 * noise(60 * x + 40 * y, 14 * y - 25 * x, 3.0, seed)
    ends = _step(-0.08, 0.06, along) * (1 - _step(0.8, 1.05, along))
    return ends * (1 - _step(0.3 * half, 1.5 * half, abs(y - middle))) * (0.55 + 0.45 * strands)


@jit
def _paint(
    texture: Floats,
    lips: Floats,
    lids: Floats,
    skin: Colour,
    lip: Colour,
    hair: Colour,
    traits: tuple[float, float, float, float, float],
    seed: int,
) -> None:
    """Fill a texture (S, S, 4).

    Args:
        texture: is overwritten.
        lips: (S / 2, S / 2) cover by lips.
        lids: (S / 2, S / 2) cover by lids.
        skin: (3,) displayed colour.
        lip: likewise.
        hair: likewise.
        traits: thickness and darkness of the brows, beard, freckles, age.
        seed: of the noise.
    """
    thick, dark, beard, freckles, age = traits
    size = len(texture)
    for row in range(size):
        y = HIGHEST - (row + 0.5) / size * (HIGHEST - LOWEST)
        for column in range(size):
            across = 2 * (column + 0.5) / size - 1
            angle = np.pi * abs(across) ** (1 / WIDE) * (1.0 if across > 0 else -1.0)
            x, z = RADIUS * np.sin(angle), AXIS + RADIUS * np.cos(angle)
            near = abs(x) if z > AXIS else BEHIND
            tone = _tone(x, y, z, near, seed) - _marks(x, y, z, near, freckles, age, seed)
            red = _redness(x, y, z, near, seed)
            stubble = beard * _stubble(x, y, z, near, seed)
            lid, mouth = lids[row // 2, column // 2], lips[row // 2, column // 2]
            creases = 1 + 0.08 * noise(45 * x, 5 * y, 2.0, seed + 60)
            cover = dark * _brow(near, y, thick, seed + 70)
            for channel in range(3):
                value = skin[channel] * tone * (1 - 0.10 * lid)
                value *= 1 + (0.25 if channel == 0 else -1.0) * red
                value += stubble * (0.3 * skin[channel] - value)
                value += mouth * (lip[channel] * creases - value)
                value += cover * (0.7 * hair[channel] - value)
                value = min(1.0, max(0.0, value))
                texture[row, column, channel] = value * value
            strand = 0.6 * noise(38 * x, 3.5 * y, 38 * z, seed + 80)
            texture[row, column, 3] = strand + 0.4 * noise(90 * x, 7 * y, 90 * z, seed + 81)


@jit
def _tone(x: float, y: float, z: float, near: float, seed: int) -> float:
    """Brightness of skin, 1 on average: blotches, and pores that are clearest on the cheeks."""
    tone = 1 + 0.035 * layers(2.5 * x, 2.5 * y, 2.5 * z, seed, 3)
    tone += 0.045 * layers(22 * x, 22 * y, 22 * z, seed + 9, 3)
    pores = max(0.0, noise(75 * x, 75 * y, 75 * z, seed + 17))
    return tone - 0.11 * pores * (0.4 + 0.6 * _spot(near, y, 0.2, 7.0, 0.5, 0.5))


@jit
def _marks(
    x: float, y: float, z: float, near: float, freckles: float, age: float, seed: int
) -> float:
    """How much darker wrinkles of the forehead and freckles are."""
    bend = 2 * noise(2 * x, 2 * y, z, seed)
    line = _step(0.12, 0.0, abs(noise(1.5 * x, 14 * y + bend, z, seed + 23)))
    spots = _step(0.55, 0.8, noise(26 * x, 26 * y, 26 * z, seed + 31))
    wrinkles = 0.10 * age * line * _spot(near, y, 0.0, 7.85, 0.7, 0.3)
    return wrinkles + 0.16 * freckles * spots * _spot(near, y, 0.25, 7.05, 0.6, 0.4)


@jit
def _redness(x: float, y: float, z: float, near: float, seed: int) -> float:
    """Of cheeks, nose and in blotches."""
    cheeks = 0.07 * _spot(near, y, 0.45, 6.95, 0.35, 0.35)
    nose = 0.06 * _spot(near, y, 0.0, 6.95, 0.16, 0.2)
    return cheeks + nose + 0.035 * layers(4 * x, 4 * y, 4 * z, seed + 40, 2)


@jit
def _stubble(x: float, y: float, z: float, near: float, seed: int) -> float:
    """Cover by stubble of jaw, chin and upper lip, 0 to 1."""
    jaw = _step(6.95, 6.6, y) * _step(6.0, 6.3, y) * _step(0.2, 0.6, (z - AXIS) / RADIUS)
    lip = 0.8 * _spot(near, y, 0.0, 6.8, 0.4, 0.12)
    return max(jaw, lip) * (0.3 + 0.2 * noise(60 * x, 60 * y, 60 * z, seed + 50))
