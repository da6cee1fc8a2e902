"""Smooth noise from hashed lattice points: the same numbers on every machine."""

import numpy as np

from metst.datasets.heads.render.jit import jit

Number = float | np.float32


@jit
def lattice(x: int, y: int, z: int, seed: int) -> float:
    """A number from -1 to 1 for a lattice point."""
    h = np.uint32(x) * np.uint32(0x8DA6B343) ^ np.uint32(y) * np.uint32(0xD8163841)
    h = h ^ np.uint32(z) * np.uint32(0xCB1AB31F) ^ np.uint32(seed) * np.uint32(0x9E3779B1)
    h = np.uint32(h ^ (h >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
    h = np.uint32(h ^ (h >> np.uint32(12))) * np.uint32(0x297A2D39)
    h = np.uint32(h ^ (h >> np.uint32(15)))
    return float(h) * 2.0**-31 - 1.0


@jit
def noise(x: Number, y: Number, z: Number, seed: int) -> float:
    """Smooth noise at a point, from -1 to 1, with features of size 1."""
    i, j, k = int(np.floor(x)), int(np.floor(y)), int(np.floor(z))
    u, v, w = float(x) - i, float(y) - j, float(z) - k
    u, v, w = u * u * (3 - 2 * u), v * v * (3 - 2 * v), w * w * (3 - 2 * w)
    total = 0.0
    for a in range(2):
        for b in range(2):
            for c in range(2):
                share = (u if a else 1 - u) * (v if b else 1 - v) * (w if c else 1 - w)
                total += share * lattice(i + a, j + b, k + c, seed)
    return total


@jit
def layers(x: Number, y: Number, z: Number, seed: int, count: int) -> float:
    """Sum of `count` layers of noise, each half as large and twice as fine as the one before."""
    total, share = 0.0, 1.0
    for layer in range(count):
        total += share * noise(x, y, z, seed + layer)
        share *= 0.5
        x, y, z = 2 * x, 2 * y, 2 * z
    return total
