"""A person whose geometry alone is wanted: no texture, no light, a twentieth of the time."""

from math import sqrt

from metst.datasets.heads.identity import Identity
from metst.datasets.heads.render.body import build
from metst.datasets.heads.render.scene import (
    BELOW,
    EYES_APART,
    Scene,
    _offsets,
    _weights,
)


class Figure(Scene):
    """A scene that cannot be pictured.

    Args:
        identity: who.
        size: side of the picture, px.
    """

    def __init__(self, identity: Identity, size: int) -> None:
        self.size, self.seed = size, identity.seed
        body = build(identity)
        self._rest, self._triangles = body.vertices, body.opaque()
        self._weights = _weights(body.vertices)
        self._starts, self._index, self._by = _offsets()
        left, right = (self._eye(side) for side in (1, -1))
        self.eyes_apart = sqrt(float(((left - right) ** 2).sum()))
        self.scale = EYES_APART * size / self.eyes_apart
        self._center = ((left + right) / 2 - (0, BELOW, 0)).astype("float32")
