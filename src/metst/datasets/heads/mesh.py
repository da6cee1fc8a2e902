"""The packaged head: mesh, targets and masks; see `pack.py` for where it comes from.

Shapes: V vertices, F triangles, S mask size. Lengths are decimetres; x points to the head's left,
y up, z to the front.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
Offsets = tuple[NDArray[np.uint16], Points]
"""Vertices (N,) that a target moves, and how far (N, 3)."""

BODY, EYE, TEETH, TONGUE, LASHES, INSIDE = range(6)
"""Numbers of the parts; `INSIDE` lines the mouth and the eye sockets."""

LOWEST = 4.4
"""Height, dm, below which the mesh is cut: the picture ends above."""

HIGHEST = 8.6
"""Height, dm, of the upper edge of the texture; `LOWEST` is its lower edge."""

AXIS, WIDE = 0.35, 0.7
"""Where the axis of the texture stands, dm to the front, and the power that makes the face wide."""


@dataclass(frozen=True)
class Mesh:
    """The base mesh.

    Attributes:
        vertices: (V, 3).
        triangles: (F, 3) vertices, counter-clockwise seen from outside.
        uv: (V, 2) place in the texture, from 0 to 1, the second from the bottom up.
        part: (F,) what a triangle belongs to.
        ears: (V,) 1 where a vertex belongs to an ear.
        masks: name -> (S, S), 0 to 255, rows from the top: `lips`, `eyelids`.
        targets: kind and name -> offsets: `unit_...`, `basis_...`, `detail_...`.
    """

    vertices: Points
    triangles: NDArray[np.int32]
    uv: Points
    part: NDArray[np.uint8]
    ears: NDArray[np.float32]
    masks: Mapping[str, NDArray[np.uint8]]
    targets: Mapping[str, Offsets]

    def of_part(self, part: int) -> NDArray[np.int32]:
        """Vertices of a part, rising."""
        return np.unique(self.triangles[self.part == part])

    def names(self, prefix: str) -> list[str]:
        """Names of the targets that begin so, sorted."""
        return sorted(name for name in self.targets if name.startswith(prefix))


@cache
def load_mesh() -> Mesh:
    """The mesh, read once."""
    with (files(__package__) / "head.npz").open("rb") as file, np.load(file) as arrays:
        data = {name: arrays[name] for name in arrays.files}
    return Mesh(
        data["vertices"],
        data["triangles"].astype(np.int32),
        data["uv"],
        data["part"],
        data["ears"],
        {name[5:]: array for name, array in data.items() if name.startswith("mask_")},
        {
            name[:-2]: (data[name], data[f"{name[:-2]}_d"].astype(np.float32))
            for name in data
            if name.endswith("_i")
        },
    )


def cylinder(points: NDArray[np.floating]) -> NDArray[np.floating]:
    """Place in our texture (N, 2) of points: about the vertical axis, the face wide.

    The seam is at the back of the head.
    """
    turn = np.arctan2(points[:, 0], points[:, 2] - AXIS) / np.pi
    across = 0.5 + 0.5 * np.sign(turn) * np.abs(turn) ** WIDE
    return np.stack([across, (points[:, 1] - LOWEST) / (HIGHEST - LOWEST)], axis=1)


def moved(vertices: Points, offsets: Offsets, share: float) -> None:
    """Move vertices (V, 3) along a target, in place."""
    index, by = offsets
    vertices[index] += np.float32(share) * by
