"""The surface of one person: the face at rest with hair, and what covers it.

Shapes: V vertices of the base mesh and of long hair, F triangles.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.identity import Identity
from metst.datasets.heads.mesh import AXIS, BODY, INSIDE, LASHES, Mesh, cylinder, load_mesh
from metst.datasets.heads.render.hair import curtain
from metst.datasets.heads.rounding import stepped

Floats = NDArray[np.float32]

HAIRLINE = (
    (0.0, 8.06),
    (0.5, 8.02),
    (0.85, 7.78),
    (1.05, 7.3),
    (1.5, 7.2),
    (1.75, 6.95),
    (3.2, 6.5),
)
"""Lowest hair, dm, by the angle from the front, rad."""

NECKLINE, NECK = 5.85, 0.72
"""Cloth begins below this height at this distance from the axis of the neck, dm."""

SKULL = 6.8
"""Height, dm, above which the base mesh is head and not neck."""


@dataclass(frozen=True)
class Body:
    """A surface; the vertices of the base mesh come first, in its order.

    Attributes:
        vertices: (V, 3) at rest, dm.
        triangles: (F, 3).
        part: (F,).
        uv: (V, 2) place in the texture.
        covered: (V, 2) by hair, 0 to 1, and by cloth: it begins at 0.5.
    """

    vertices: Floats
    triangles: NDArray[np.int32]
    part: NDArray[np.uint8]
    uv: Floats
    covered: Floats

    def opaque(self) -> NDArray[np.int32]:
        """Triangles of everything but lashes."""
        return np.ascontiguousarray(self.triangles[self.part != LASHES])


def build(identity: Identity) -> Body:
    """The surface of a person."""
    mesh = load_mesh()
    covered, vertices = _attributes(identity, mesh)
    body = Body(vertices, mesh.triangles, mesh.part, mesh.uv, covered)
    if not identity.long:
        return body
    points, triangles = curtain(identity.thickness)
    # As high and wide as this head is.
    skull = mesh.vertices[:, 1] > SKULL
    ours, base = identity.vertices[skull], mesh.vertices[skull]
    points = (points - base.mean(0)) * (ours.std(0) / base.std(0)) + ours.mean(0)
    return Body(
        np.concatenate([vertices, stepped(points)]),
        np.concatenate([mesh.triangles, triangles + len(vertices)]).astype(np.int32),
        np.concatenate([mesh.part, np.full(len(triangles), BODY, np.uint8)]),
        np.concatenate([mesh.uv, stepped(cylinder(points))]),
        np.concatenate([covered, np.tile(np.array([1, 0], np.float32), (len(points), 1))]),
    )


def _attributes(identity: Identity, mesh: Mesh) -> tuple[Floats, Floats]:
    """Where hair and cloth are (V, 2), 0 to 1, and the vertices (V, 3) with hair raised."""
    x, y, z = mesh.vertices.astype(np.float64).T
    angle = np.abs(np.arctan2(x, z - AXIS))
    knots, heights = np.array(HAIRLINE).T
    above = (
        y
        - np.interp(angle, knots, heights)
        - (0.12 * identity.age if identity.sex == "male" else 0)
    )
    ears = np.asarray(mesh.ears, np.float64)
    hair = np.clip(above / 0.16 + 0.5, 0, 1) * (1 - np.clip(2 * ears, 0, 1))
    body = np.zeros(len(y), bool)
    body[mesh.of_part(BODY)] = True
    body[mesh.of_part(INSIDE)] = False
    hair *= body
    # Without bounds near the edge: what is linear between vertices makes a smooth neckline.
    cloth = NECKLINE - y + 0.9 * (np.hypot(x, z - AXIS) - NECK)
    rise = np.clip(above / 0.5, 0, 1)
    raised = identity.vertices.astype(np.float64)
    away = np.stack([x, np.clip(y - 7.3, 0, None), z - AXIS], 1)
    away /= np.linalg.norm(away, axis=1, keepdims=True) + 1e-9
    amount = hair * rise * (2 - rise) * identity.thickness
    raised += away * amount[:, None]
    covered = np.stack([hair, np.clip(cloth + 0.5, -2, 2) * body], 1)
    return stepped(covered), stepped(raised)
