"""Colours: samples of one triangle shaded once, the display, the lights, the noise, the paint."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from metst.datasets.heads.identity import draw_identity
from metst.datasets.heads.landmarks import LANDMARKS
from metst.datasets.heads.mesh import BODY, load_mesh
from metst.datasets.heads.render import scene as scenes
from metst.datasets.heads.render.lighting import lights, open_sky
from metst.datasets.heads.render.noise import lattice, layers, noise
from metst.datasets.heads.render.paint import paint
from metst.datasets.heads.render.shade import display, shade
from tests.support.scenes import moment, person

TEXTURE = 7
"""Place of the texture among the arguments of `shade`."""


@pytest.fixture
def arguments(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What `shade` is called with for a face with lashes and open mouth, its output last."""
    caught: list[Any] = []
    monkeypatch.setattr(scenes, "shade", lambda *given: caught.extend(given))
    person(1).picture(moment({"jawOpen": 0.5}, (0.3, 0, 0.1, 0, 0, 0)))
    return caught


@pytest.mark.parametrize("flat", [True, False])
def test_samples_of_a_triangle_are_shaded_at_their_mean_place(
    arguments: list[Any], *, flat: bool
) -> None:
    """Against shading each sample as a picture element of its own."""
    if flat:
        arguments[TEXTURE] = np.full_like(arguments[TEXTURE], 0.3)
    *rest, background, out = arguments
    shade(*rest, background, out)
    single = np.empty((2 * out.shape[0], 2 * out.shape[1], 3), np.float32)
    for place in range(3):  # every sample four times
        rest[place] = rest[place].repeat(2, 0).repeat(2, 1)
    shade(*rest, background.repeat(2, 0).repeat(2, 1), single)
    mean = single.reshape(out.shape[0], 2, out.shape[1], 2, 3).mean((1, 3))
    difference = np.abs(mean - out)
    assert out.std() > 0.05
    assert difference.mean() < (2e-4 if flat else 1e-3)
    assert np.quantile(difference, 0.99) < (0.005 if flat else 0.02)
    nothing = (arguments[0] < 0).reshape(out.shape[0], 2, out.shape[1], 2).all((1, 3))
    np.testing.assert_array_equal(out[nothing], background[nothing])


def test_the_display_takes_the_root_and_rounds() -> None:
    levels = np.arange(256)
    light = ((levels[:, None] + np.array([0, 0.49, -0.49])) / 255).clip(0) ** 2
    out = np.empty((256, 1, 3), np.uint8)
    display(light[:, None].astype(np.float32), out)
    np.testing.assert_array_equal(out, np.tile(levels[:, None, None], (1, 1, 3)))
    beyond = np.array([[[-1, 0.25, 4]]], np.float32)
    display(beyond, out[:1])
    assert out[0, 0].tolist() == [255, 128, 0]  # blue first


def test_noise_is_smooth_and_bounded() -> None:
    rng = np.random.default_rng(1)
    places = rng.uniform(-9, 9, (400, 3))
    values = np.array([noise(*place, 5) for place in places])
    assert np.abs(values).max() <= 1
    assert values.std() > 0.2
    assert abs(values.mean()) < 0.1
    near = np.array([noise(*(place + 1e-3), 5) for place in places])
    assert np.abs(near - values).max() < 0.012  # slopes are at most 3 per axis, mostly less
    for x, y, z in [(0, 0, 0), (-3, 2, -7), (4, -1, 5)]:
        assert noise(x, y, z, 5) == lattice(x, y, z, 5)
        assert noise(x - 1e-9, y, z, 5) == pytest.approx(lattice(x, y, z, 5), abs=1e-6)
    assert noise(0.3, 0.4, 0.5, 5) != noise(0.3, 0.4, 0.5, 6)
    two = noise(0.3, 0.4, 0.5, 5) + noise(0.6, 0.8, 1.0, 6) / 2
    assert layers(0.3, 0.4, 0.5, 5, 2) == pytest.approx(two)


def at_uv(texture: NDArray[np.float32], uv: NDArray[np.float32]) -> NDArray[np.float64]:
    """Mean of 5 x 5 elements (N, 4) of a texture at places (N, 2)."""
    size = len(texture)
    columns, rows = (np.stack([uv[:, 0], 1 - uv[:, 1]]) * size).astype(int)
    patches = [texture[r - 2 : r + 3, c - 2 : c + 3] for r, c in zip(rows, columns, strict=True)]
    return np.asarray(np.mean(patches, axis=(1, 2)))


def test_paint_lies_where_the_face_is() -> None:
    """Brows are dark and lips red where the landmarks are; both sides of a face are alike."""
    mesh = load_mesh()
    person_ = next(
        p
        for p in (draw_identity(11, f"spNO.{n}") for n in range(50))
        if p.skin.min() > 0.5 and p.hair.max() < 0.3 and not p.beard
    )
    texture = paint(person_, mesh)
    assert texture[..., :3].min() >= 0
    assert texture[..., :3].max() <= 1
    uv = mesh.uv[list(LANDMARKS)]
    brows = at_uv(texture, uv[[18, 19, 20, 23, 24, 25]] - np.array([0, 0.004], np.float32))
    forehead = at_uv(texture, uv[[18, 19, 20, 23, 24, 25]] + np.array([0, 0.06], np.float32))
    assert (brows[:, 1] < 0.75 * forehead[:, 1]).all()
    lips, cheeks = at_uv(texture, uv[[57]]), at_uv(texture, uv[[2, 3, 13, 14]])
    redness = [(p[:, 0] / p[:, 1]).mean() for p in (lips, cheeks)]
    assert redness[0] > 1.15 * redness[1]
    inner = texture[180:340, 156:356, :3]
    assert np.abs(inner - inner[:, ::-1]).mean() < 0.15 * inner.mean()


def test_the_seam_of_the_texture_is_at_the_back() -> None:
    mesh = load_mesh()
    face = mesh.triangles[(mesh.part == BODY)]
    spread = np.ptp(mesh.uv[face][..., 0], axis=1)
    middle = mesh.vertices[face].mean(1)
    crown = middle[:, 1] > 8.3
    assert spread[(middle[:, 2] > 0.5) & ~crown].max() < 0.15
    assert (middle[spread > 0.3, 2] < 0.35)[~crown[spread > 0.3]].all()


def test_lights() -> None:
    usual = lights(np.array([1, 0, 0], np.float32))
    np.testing.assert_allclose(np.linalg.norm(usual[[0, 2, 5]], axis=1), 1, atol=1e-4)
    bright = lights(np.array([2, 0, 0], np.float32))
    np.testing.assert_allclose(bright[[1, 3, 4]], 2 * usual[[1, 3, 4]], atol=1e-4)
    turned = lights(np.array([1, 0.4, 0], np.float32))
    assert turned[0, 0] > usual[0, 0]  # to the subject's left
    raised = lights(np.array([1, 0, 0.4], np.float32))
    assert raised[0, 1] > usual[0, 1]


def test_the_sky_reaches_the_forehead_and_not_the_throat() -> None:
    mesh = load_mesh()
    sky = open_sky(mesh.vertices, person(1).triangles[: int((mesh.part != 4).sum())])
    assert sky.min() >= 0
    assert sky.max() <= 1
    forehead = sky[(mesh.vertices[:, 1] > 7.7) & (mesh.vertices[:, 2] > 1.2)]
    mouth = sky[mesh.of_part(3)]
    assert forehead.mean() > 0.9
    assert mouth.mean() < 0.2
