"""Kernels that move vertices, and project them.

Shapes: V vertices, F triangles, U units, N offsets of all units together.
"""

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.render.jit import jit

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@jit
def deform(
    rest: Floats, starts: Ints, index: Ints, by: Floats, shares: Floats, out: Floats
) -> None:
    """Vertices (V, 3) with units added.

    Args:
        rest: vertices of the face at rest (V, 3).
        starts: (U + 1,) first offset of each unit.
        index: (N,) vertex of each offset.
        by: (N, 3) offsets.
        shares: (U,) intensities.
        out: (V, 3).
    """
    out[:] = rest
    for unit in range(len(shares)):
        share = shares[unit]
        if share != 0:
            for n in range(starts[unit], starts[unit + 1]):
                for axis in range(3):
                    out[index[n], axis] += share * by[n, axis]


@jit
def turn(vertices: Floats, weights: Floats, rotation: Floats, pivot: Floats, shift: Floats) -> None:
    """Turn the head on its neck and shift it, in place; vertices of weight 0 stay.

    Args:
        vertices: (V, 3).
        weights: (V,) how far a vertex follows the head.
        rotation: (3, 3).
        pivot: (3,) point of the neck that stays.
        shift: (3,).
    """
    for v in range(len(vertices)):
        w = weights[v]
        x = vertices[v, 0] - pivot[0]
        y = vertices[v, 1] - pivot[1]
        z = vertices[v, 2] - pivot[2]
        for axis in range(3):
            turned = rotation[axis, 0] * x + rotation[axis, 1] * y + rotation[axis, 2] * z
            vertices[v, axis] += w * (turned + pivot[axis] + shift[axis] - vertices[v, axis])


@jit
def normals(vertices: Floats, triangles: Ints, out: Floats) -> None:
    """Unit normals (V, 3) of the surface: means of the triangles, weighted by area."""
    out[:] = 0
    for f in range(len(triangles)):
        a, b, c = triangles[f, 0], triangles[f, 1], triangles[f, 2]
        ux = vertices[b, 0] - vertices[a, 0]
        uy = vertices[b, 1] - vertices[a, 1]
        uz = vertices[b, 2] - vertices[a, 2]
        vx = vertices[c, 0] - vertices[a, 0]
        vy = vertices[c, 1] - vertices[a, 1]
        vz = vertices[c, 2] - vertices[a, 2]
        nx = uy * vz - uz * vy
        ny = uz * vx - ux * vz
        nz = ux * vy - uy * vx
        for v in (a, b, c):
            out[v, 0] += nx
            out[v, 1] += ny
            out[v, 2] += nz
    for v in range(len(out)):
        size = np.sqrt(out[v, 0] ** 2 + out[v, 1] ** 2 + out[v, 2] ** 2) + np.float32(1e-12)
        for axis in range(3):
            out[v, axis] /= size


@jit
def project(
    vertices: Floats, center: Floats, distance: float, scale: float, middle: float, out: Floats
) -> None:
    """Places in the picture (V, 3): column and row in px, and depth, nearer is larger.

    Args:
        vertices: (V, 3), dm.
        center: (3,) what is seen in the middle of the picture.
        distance: of the camera from there, dm.
        scale: px per dm at that distance.
        middle: px of the middle of the picture.
        out: (V, 3).
    """
    for v in range(len(vertices)):
        z = vertices[v, 2] - center[2]
        near = np.float32(distance / (distance - z) * scale)
        out[v, 0] = middle + (vertices[v, 0] - center[0]) * near
        out[v, 1] = middle - (vertices[v, 1] - center[1]) * near
        out[v, 2] = z
