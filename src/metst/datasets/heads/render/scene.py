"""One person before a camera: what is the same in all frames, and the picture of one moment."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.identity import Identity
from metst.datasets.heads.mesh import EYE, LASHES, load_mesh
from metst.datasets.heads.render import geometry, raster
from metst.datasets.heads.render.backdrop import backdrop
from metst.datasets.heads.render.body import build
from metst.datasets.heads.render.jit import SUPER
from metst.datasets.heads.render.lighting import lights, open_sky
from metst.datasets.heads.render.paint import paint
from metst.datasets.heads.render.pose import LOOKS, looks, rotation, sight
from metst.datasets.heads.render.shade import shade
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


class Scene:
    """One person before a camera.

    Args:
        identity: who.
        size: side of the picture, px.

    Attributes:
        eyes_apart: distance of the eyes, dm.
        scale: px per dm, at the distance of the face.
    """

    def __init__(self, identity: Identity, size: int) -> None:
        self.size, self.seed = size, identity.seed
        body = build(identity)
        self._rest = body.vertices
        self._triangles = body.opaque()
        self._part = np.ascontiguousarray(body.part[body.part != LASHES])
        self._side = (body.vertices[self._triangles].mean(1)[:, 0] < 0).astype(np.uint8)
        self._lashes = np.ascontiguousarray(body.triangles[body.part == LASHES])
        self._strands = (body.uv[:, 0] * 700).astype(np.float32)
        self._texture = paint(identity, load_mesh())
        self._weights = _weights(body.vertices)
        self._starts, self._index, self._by = _offsets()
        left, right = (self._eye(side) for side in (1, -1))
        self.eyes_apart = sqrt(float(((left - right) ** 2).sum()))
        self.scale = EYES_APART * size / self.eyes_apart
        self._center = ((left + right) / 2 - (0, BELOW, 0)).astype(np.float32)
        sky = open_sky(self._rest, self._triangles)[:, None]
        normals = np.zeros_like(self._rest)
        self._points = np.concatenate([normals, sky, body.uv, body.covered], axis=1)
        self._colours = _colours(identity)
        self._background = backdrop(size, identity.seed)
        samples = (SUPER * size, SUPER * size)
        self._depth = np.empty(samples, np.float32)
        self._shown = np.empty(samples, np.int32)
        self._inner = np.empty((*samples, 2), np.float32)
        self._cover = np.empty(samples, np.float32)

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
        raster.rasterize(places, self._triangles, depth, shown, weights)
        return depth, shown, weights

    @property
    def triangles(self) -> NDArray[np.int32]:
        """Vertices (F, 3) of the triangles, lashes left out."""
        return self._triangles

    def picture(self, moment: Moment) -> Floats:
        """Light (H, W, 3), red first; the square root of it is displayed."""
        vertices = self.vertices(moment)
        places = self.places(vertices, zoom=SUPER)
        raster.rasterize(places, self._triangles, self._depth, self._shown, self._inner)
        raster.rasterize_lashes(places, self._lashes, self._strands, self._depth, self._cover)
        normals = np.empty_like(vertices)
        geometry.normals(vertices, self._triangles, normals)
        self._points[:, :3] = normals
        out = np.empty((self.size, self.size, 3), np.float32)
        shade(
            *(self._shown, self._inner, self._cover, self._triangles, self._part, self._side),
            *(
                self._points,
                self._texture,
                self._colours,
                lights(moment.light),
                sight(moment.gaze, moment.pose),
            ),
            *(self.seed % 1000, self._background * np.float32(moment.light[0]), out),
        )
        return out


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


def _colours(identity: Identity) -> Floats:
    """Albedo (6, 3) as `shade` reads it."""
    mouth = identity.lips * (0.6, 0.4, 0.4)
    fixed = [(0.83, 0.8, 0.73), (0.62, 0.3, 0.3)]  # teeth and tongue
    displayed = [identity.hair, identity.cloth, identity.iris, *fixed, mouth]
    return (np.array(displayed) ** 2).astype(np.float32)
