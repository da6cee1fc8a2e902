"""One person before a camera: what is the same in all frames, and the picture of one moment."""

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.identity import Identity
from metst.datasets.heads.mesh import LASHES, load_mesh
from metst.datasets.heads.render import geometry, raster
from metst.datasets.heads.render.backdrop import backdrop
from metst.datasets.heads.render.figure import Figure, Moment
from metst.datasets.heads.render.jit import SUPER
from metst.datasets.heads.render.lighting import lights, open_sky
from metst.datasets.heads.render.paint import paint
from metst.datasets.heads.render.pose import sight
from metst.datasets.heads.render.shade import shade

Floats = NDArray[np.float32]


class Scene(Figure):
    """One person before a camera, with colours, light and background.

    Args:
        identity: who.
        size: side of the picture, px.
    """

    def __init__(self, identity: Identity, size: int) -> None:
        super().__init__(identity, size)
        self.seed, body = identity.seed, self._body
        self._part = np.ascontiguousarray(body.part[body.part != LASHES])
        self._side = (body.vertices[self.triangles].mean(1)[:, 0] < 0).astype(np.uint8)
        self._lashes = np.ascontiguousarray(body.triangles[body.part == LASHES])
        self._strands = (body.uv[:, 0] * 700).astype(np.float32)
        self._texture = paint(identity, load_mesh())
        sky = open_sky(body.vertices, self.triangles)[:, None]
        normals = np.zeros_like(body.vertices)
        self._points = np.concatenate([normals, sky, body.uv, body.covered], axis=1)
        self._colours = _colours(identity)
        self._background = backdrop(size, identity.seed)
        samples = (SUPER * size, SUPER * size)
        self._depth = np.empty(samples, np.float32)
        self._shown = np.empty(samples, np.int32)
        self._inner = np.empty((*samples, 2), np.float32)
        self._cover = np.empty(samples, np.float32)

    def picture(self, moment: Moment) -> Floats:
        """Light (H, W, 3), red first; the square root of it is displayed."""
        vertices = self.vertices(moment)
        places = self.places(vertices, zoom=SUPER)
        raster.rasterize(places, self.triangles, self._depth, self._shown, self._inner)
        raster.rasterize_lashes(places, self._lashes, self._strands, self._depth, self._cover)
        normals = np.empty_like(vertices)
        geometry.normals(vertices, self.triangles, normals)
        self._points[:, :3] = normals
        out = np.empty((self.size, self.size, 3), np.float32)
        shade(
            *(self._shown, self._inner, self._cover, self.triangles, self._part, self._side),
            *(self._points, self._texture, self._colours, lights(moment.light)),
            *(sight(moment.gaze, moment.pose), self.seed % 1000),
            *(self._background * np.float32(moment.light[0]), out),
        )
        return out


def _colours(identity: Identity) -> Floats:
    """Albedo (6, 3) as `shade` reads it."""
    mouth = identity.lips * (0.6, 0.4, 0.4)
    fixed = [(0.83, 0.8, 0.73), (0.62, 0.3, 0.3)]  # teeth and tongue
    displayed = [identity.hair, identity.cloth, identity.iris, *fixed, mouth]
    return (np.array(displayed) ** 2).astype(np.float32)
