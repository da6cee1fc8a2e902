"""The geometry of one person before a camera: where everything of the head is at one moment."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.identity import Identity
from metst.datasets.heads.mesh import EYE, load_mesh
from metst.datasets.heads.render import geometry, raster
from metst.datasets.heads.render.body import build
from metst.datasets.heads.render.pose import LOOKS, looks, rotation
from metst.datasets.heads.rounding import stepped
from metst.datasets.heads.units import UNITS

Floats = NDArray[np.float32]

EYES_APART = 0.165
"""Distance of the eyes as a share of the side of the picture: the face fills half of it."""

DISTANCE = 12.0
"""Of the camera from the face, dm."""

PIVOT = (0.0, 6.1, 0.45)
"""Point of the neck that the head turns about, dm."""

BEND = (5.25, 6.0)
"""Heights, dm, between which the neck bends: all chins lie above."""

VEIL = 0.15
"""Depth, dm, by which what is seen may lie behind what is drawn: points of a lid lie within it."""

BELOW = 0.42
"""How far below the eyes the middle of the picture lies, dm."""


@dataclass(frozen=True)
class Moment:
    """What is seen at one time; see `metst.datasets.heads.script.video.VideoScript` for the units.

    Attributes:
        units: (U,) intensities.
        gaze: (2,).
        pose: (6,).
        light: (3,).
    """

    units: Floats
    gaze: Floats
    pose: Floats
    light: Floats


class Figure:
    """One person before a camera, as a surface without colours.

    Args:
        identity: who.
        size: side of the picture, px.

    Attributes:
        triangles: (F, 3) vertices, lashes left out.
        eyes_apart: distance of the eyes, dm.
        scale: px per dm, at the distance of the face.
    """

    def __init__(self, identity: Identity, size: int) -> None:
        self.size, self._body = size, build(identity)
        self.triangles = self._body.opaque()
        self._rest = self._body.vertices
        self._weights = _weights(self._rest)
        self._starts, self._index, self._by = _offsets()
        left, right = (self._eye(side) for side in (1, -1))
        self.eyes_apart = sqrt(float(((left - right) ** 2).sum()))
        self.scale = EYES_APART * size / self.eyes_apart
        self._center = ((left + right) / 2 - (0, BELOW, 0)).astype(np.float32)

    def _eye(self, sign: int) -> NDArray[np.float64]:
        """Middle (3,) of the eye of one side."""
        index = load_mesh().of_part(EYE)
        index = index[sign * self._rest[index, 0] > 0]
        return np.asarray(self._rest[index].mean(0), np.float64)

    def vertices(self, moment: Moment) -> Floats:
        """Vertices (V, 3), dm, at a moment."""
        out = np.empty_like(self._rest)
        shares = np.concatenate([moment.units, looks(moment.gaze)]).astype(np.float32)
        geometry.deform(self._rest, self._starts, self._index, self._by, shares, out)
        shift = (moment.pose[3:] * self.eyes_apart).astype(np.float32)
        pivot = np.array(PIVOT, np.float32)
        geometry.turn(out, self._weights, rotation(moment.pose), pivot, shift)
        return out

    def places(self, vertices: Floats, *, zoom: int = 1) -> Floats:
        """Column, row (px, the middle of the first is 0.5) and depth (V, 3) of vertices."""
        out = np.empty_like(vertices)
        scale, middle = self.scale * zoom, self.size * zoom / 2
        geometry.project(vertices, self._center, DISTANCE, scale, middle, out)
        return out

    def surface(self, places: Floats) -> tuple[NDArray[np.int32], Floats]:
        """Triangle (H, W) that the middle of each picture element shows, and its weights."""
        _, shown, weights = self._drawn(places)
        return shown, weights

    def seen(self, places: Floats) -> NDArray[np.bool_]:
        """Whether each vertex (V,) lies in the picture, and nothing of the head before it."""
        out = np.empty(len(places), np.bool_)
        raster.seen(places, self._drawn(places)[0], VEIL, out)
        return out

    def _drawn(self, places: Floats) -> tuple[Floats, NDArray[np.int32], Floats]:
        picture = (self.size, self.size)
        depth, shown = np.empty(picture, np.float32), np.empty(picture, np.int32)
        weights = np.zeros((*picture, 2), np.float32)
        raster.rasterize(places, self.triangles, depth, shown, weights)
        return depth, shown, weights


def _weights(vertices: Floats) -> Floats:
    """How far each vertex (V,) follows the head: the shoulders little, the head fully."""
    low, high = BEND
    share = np.clip((vertices[:, 1] - low) / (high - low), 0, 1)
    return stepped(0.1 + 0.9 * share * share * (3 - 2 * share))


def _offsets() -> tuple[NDArray[np.int32], NDArray[np.int32], Floats]:
    """Offsets of `UNITS` and `LOOKS` in one list, as `geometry.deform` reads them."""
    mesh = load_mesh()
    eyes = set(mesh.of_part(EYE).tolist())
    starts, index, by = [0], [], []
    for name in (*UNITS, *LOOKS):
        moved, offsets = mesh.targets[f"unit_{name}"]
        # Eyeballs are turned by their shading; lids alone follow.
        kept = np.array([v not in eyes for v in moved.tolist()])
        index.append(moved[kept].astype(np.int32))
        by.append(offsets[kept])
        starts.append(starts[-1] + int(kept.sum()))
    return np.array(starts, np.int32), np.concatenate(index), np.concatenate(by)
