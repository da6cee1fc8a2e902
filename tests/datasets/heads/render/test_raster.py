"""Which triangle is seen: against a plain search through all of them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from metst.datasets.heads.landmarks import LANDMARKS
from metst.datasets.heads.render import raster
from tests.support.scenes import moment, person

SIDE = 32
CLOSE = 1e-3
"""Weights and depths nearer than this may be seen either way: float32 against float64."""

Places = NDArray[np.float32]
Triangles = NDArray[np.int32]


def weights_of(places: Places, triangles: Triangles) -> NDArray[np.float64]:
    """Weights (F, SIDE, SIDE, 3) of all corners at all samples, as ratios of areas."""
    a, b, c = np.moveaxis(places[triangles][..., :2].astype(np.float64), 1, 0)[:, :, None, None]
    grid = np.stack(np.meshgrid(*[np.arange(SIDE) + 0.5] * 2), axis=-1)

    def area(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((q[..., 0] - p[..., 0]) * (grid[..., 1] - p[..., 1])) - np.asarray(
            (q[..., 1] - p[..., 1]) * (grid[..., 0] - p[..., 0])
        )

    parts = np.stack([area(b, c), area(c, a), area(a, b)], axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = parts / parts.sum(-1, keepdims=True)
    shares[parts.sum(-1) >= 0] = -1  # rows grow downwards: seen from inside
    return np.asarray(shares)


def reference(places: Places, triangles: Triangles) -> tuple[NDArray[np.float64], Triangles]:
    """Depth (SIDE, SIDE) of the nearest triangle, -inf where there is none, and its number."""
    depth = np.full((SIDE, SIDE), -np.inf)
    shown = np.full((SIDE, SIDE), -1, np.int32)
    for start in range(0, len(triangles), 250):
        some = triangles[start : start + 250]
        weights = weights_of(places, some)
        z = (weights * places[some][:, None, None, :, 2]).sum(-1)
        z[(weights < 0).any(-1)] = -np.inf
        best = z.argmax(0)
        nearest = np.take_along_axis(z, best[None], 0)[0]
        shown = np.where(nearest > depth, best + start, shown).astype(np.int32)
        depth = np.maximum(depth, nearest)
    return depth, shown


def drawn(places: Places, triangles: Triangles) -> tuple[Places, Triangles, Places]:
    depth, shown = np.empty((SIDE, SIDE), np.float32), np.empty((SIDE, SIDE), np.int32)
    inner = np.empty((SIDE, SIDE, 2), np.float32)
    raster.rasterize(places, triangles, depth, shown, inner)
    return depth, shown, inner


def random_triangles(seed: int) -> tuple[Places, Triangles]:
    """Large, small and thin ones, some beyond the edges of the picture."""
    rng = np.random.default_rng(seed)
    middle = rng.uniform(-8, SIDE + 8, (80, 1, 2))
    corners = middle + rng.normal(0, 1, (80, 3, 2)) * rng.choice([0.5, 3, 20], (80, 1, 1))
    depth = rng.uniform(-1, 1, (80, 3, 1))
    places = np.concatenate([corners, depth], -1).reshape(-1, 3).astype(np.float32)
    return places, np.arange(240, dtype=np.int32).reshape(-1, 3)


def head() -> tuple[Places, Triangles]:
    scene = person(1, SIDE)
    return scene.places(scene.vertices(moment({"jawOpen": 0.5}, (0.4, 0.1, 0.2, 0, 0, 0)))), (
        scene.triangles
    )


@pytest.mark.parametrize("case", ["0", "1", "2", "head"])
def test_the_nearest_triangle_is_seen_at_its_place(case: str) -> None:
    places, triangles = head() if case == "head" else random_triangles(int(case))
    depth, shown, inner = drawn(places, triangles)
    wanted_depth, wanted = reference(places, triangles)
    assert (shown == wanted).mean() > 0.998
    empty = shown == raster.NOTHING
    # Nothing is lost: where an edge or a depth decides otherwise, it is by less than rounding.
    assert ((wanted_depth == -np.inf) == empty).mean() > 0.999
    both = ~empty & (wanted_depth > -np.inf)
    assert np.abs(depth - wanted_depth)[both & (shown == wanted)].max() < CLOSE
    rows, columns = np.nonzero(both)
    grid = weights_of(places, triangles[shown[both]])[np.arange(len(rows)), rows, columns]
    assert grid.min() > -CLOSE
    np.testing.assert_allclose(inner[both], grid[:, 1:], atol=CLOSE)


def test_a_face_has_no_holes() -> None:
    scene = person(1)
    for pose in ((0, 0, 0), (0.5, 0, 0.1), (-0.3, 0.3, 0), (0.2, -0.3, -0.3)):
        places = scene.places(scene.vertices(moment(pose=(*pose, 0, 0, 0))))
        shown, _ = scene.surface(places)
        face = places[list(LANDMARKS), :2]
        rows, columns = np.indices(shown.shape) + 0.5
        low, high = face.min(0), face.max(0)
        inside = (columns > low[0]) & (columns < high[0]) & (rows > low[1]) & (rows < high[1])
        enclosed = inside & (shown == raster.NOTHING)
        for axis in (0, 1):  # between parts of the head in the row and in the column
            before = np.maximum.accumulate(shown >= 0, axis)
            after = np.flip(np.maximum.accumulate(np.flip(shown >= 0, axis), axis), axis)
            enclosed &= before & after
        assert not enclosed.any()


def test_lashes_cover_what_lies_behind_them() -> None:
    """A ribbon with three hairs, the last of them behind what is nearer."""
    places = np.array([[4, 8, 0], [28, 8, 0], [4, 20, 0], [28, 20, 0]], np.float32)
    triangles = np.array([[0, 1, 2], [1, 3, 2]], np.int32)
    strands = np.array([0, 3, 0, 3], np.float32)
    depth, cover = np.full((SIDE, SIDE), raster.FAR, np.float32), np.empty((SIDE, SIDE), np.float32)
    depth[:, 20:] = 1
    raster.rasterize_lashes(places, triangles, strands, depth, cover)
    along = (np.arange(4, 20) + 0.5 - 4) / 8
    wanted = np.zeros((SIDE, SIDE))
    wanted[8:20, 4:20] = 0.6 - 0.5 * np.abs(2 * (along % 1) - 1)
    np.testing.assert_allclose(cover, wanted, atol=1e-5)


def test_what_lies_behind_a_surface_is_not_seen() -> None:
    corners = [[4, 4, 0], [4, 28, 0], [28, 4, 0]]
    points = [[10, 10, 0.5], [10, 10, -0.5], [10, 10, -0.01], [30, 30, -9], [-3, 10, 9], [99, 9, 9]]
    places = np.array(corners + points, np.float32)
    depth, _, _ = drawn(places, np.array([[0, 1, 2]], np.int32))
    out = np.empty(len(places), np.bool_)
    raster.seen(places, depth, 0.04, out)
    assert out[3:].tolist() == [True, False, True, True, False, False]
