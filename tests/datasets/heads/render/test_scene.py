"""What a face does: lids close, gaze and light turn, hair stays off the face."""

import numpy as np
import pytest

from metst.datasets.heads.identity import draw_identity
from metst.datasets.heads.landmarks import LANDMARKS
from metst.datasets.heads.mesh import BODY, EYE, TEETH, load_mesh
from metst.datasets.heads.render import scene as scenes
from metst.datasets.heads.render.body import build
from metst.datasets.heads.render.figure import EYES_APART, Moment
from metst.datasets.heads.render.scene import Scene
from metst.datasets.heads.script.head import LIMITS
from tests.support.scenes import SIZE, moment, person, photo

MESH = load_mesh()
PART = MESH.part[MESH.part != 4]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> list[Scene]:
    """People without paint and shadows, which take a second each: every fifth of group identity."""
    monkeypatch.setattr(scenes, "paint", lambda *_: np.zeros((2, 2, 4), np.float32))
    monkeypatch.setattr(scenes, "open_sky", lambda vertices, _: np.zeros(len(vertices), np.float32))
    return [Scene(draw_identity(7, f"spNO.{n}", group=n % 5 == 0), 2 * SIZE) for n in range(12)]


def elements(scene: Scene, at: Moment, part: int) -> int:
    """Number of picture elements that show a part of the base mesh."""
    shown, _ = scene.surface(scene.places(scene.vertices(at)))
    seen = shown[shown >= 0]
    return int((PART[seen[seen < len(PART)]] == part).sum())


def test_lids_cover_the_eyes(bare: list[Scene]) -> None:
    for scene in bare:
        assert elements(scene, moment(), EYE) > 100
        assert elements(scene, moment({"eyeBlink": 0.5}), EYE) > 0
        assert elements(scene, moment({"eyeBlink": 1}), EYE) == 0
        assert elements(scene, moment({"eyeBlink": 1}, gaze=(0.3, -0.3)), EYE) == 0
        assert elements(scene, moment({"eyeWide": 1}), EYE) > elements(scene, moment(), EYE)


def test_mouths_are_nearly_closed_at_rest(bare: list[Scene]) -> None:
    """A slit between the lips shows some teeth; an open mouth shows more."""
    for scene in bare:
        rest = elements(scene, moment(), TEETH)
        assert rest < 40
        assert elements(scene, moment({"jawOpen": 0.6, "mouthUpperUp": 0.6}), TEETH) > rest + 40


def test_hair_stays_off_the_face(bare: list[Scene]) -> None:
    inner = list(LANDMARKS[27:])  # a turned head shows hair beside the far brow
    for number, scene in enumerate(bare):
        body = build(draw_identity(7, f"spNO.{number}", group=number % 5 == 0))
        hair = body.covered[body.opaque(), 0].max(1) > 0.5
        for signs in ((1, 1, 1), (-1, -1, -1), (1, -1, -1), (-1, 1, 0), (0, 0, 0)):
            pose = LIMITS * (*signs, 0, 0, 1)
            places = scene.places(scene.vertices(moment(pose=pose.tolist())))
            shown, _ = scene.surface(places)
            columns, rows = places[inner, :2].astype(int).T
            assert min(columns.min(), rows.min()) >= 0
            assert max(columns.max(), rows.max()) < scene.size
            assert not hair[shown[rows, columns]].any()


def test_gaze_moves_the_iris_and_not_the_head() -> None:
    """Dark iris and pupil of a light eye: their middle moves to the subject's left, and up."""
    scene = person(2)
    ahead = moment()
    shown, _ = scene.surface(scene.places(scene.vertices(ahead)))
    eyes = (shown >= 0) & (PART[np.minimum(shown, len(PART) - 1)] == EYE)

    def middle(at: Moment) -> np.ndarray:
        dark = np.where(eyes, 255.0 - photo(scene, at).mean(-1), 0) ** 4
        rows, columns = np.indices(dark.shape)
        return np.array([(dark * columns).sum(), (dark * rows).sum()]) / dark.sum()

    start = middle(ahead)
    assert middle(moment(gaze=(0.3, 0)))[0] > start[0] + 0.3
    assert middle(moment(gaze=(-0.3, 0)))[0] < start[0] - 0.3
    np.testing.assert_array_equal(
        scene.vertices(moment(gaze=(0.3, 0)))[list(LANDMARKS[:36])],
        scene.vertices(ahead)[list(LANDMARKS[:36])],
    )


def test_eyeballs_stay_in_their_sockets() -> None:
    """Moved by no unit; seen from the side they do not stand out of the lids."""
    scene, eyes = person(1), MESH.of_part(EYE)
    rest = scene.vertices(moment())[eyes]
    every = scene.vertices(moment({"eyeBlink": 1, "eyeWide": 0.5}, gaze=(0.4, 0.3)))[eyes]
    np.testing.assert_array_equal(rest, every)
    lids = scene.vertices(moment())[list(LANDMARKS[36:48])]
    assert rest[:, 2].max() < lids[:, 2].max() + 0.06


def test_light_comes_from_where_it_should() -> None:
    scene = person(1)
    usual = scene.picture(moment()).mean(-1)
    bright = moment()
    bright.light[0] = 0.5
    np.testing.assert_allclose(scene.picture(bright).mean(-1), usual / 2, atol=1e-3)
    turned = moment()
    turned.light[1] = -1.2  # to the subject's right, the left of the picture
    halves = [p[:, : SIZE // 2].mean() - p[:, SIZE // 2 :].mean() for p in (usual,)]
    other = scene.picture(turned).mean(-1)
    assert other[:, : SIZE // 2].mean() - other[:, SIZE // 2 :].mean() > halves[0] + 0.01


def test_eyes_stand_as_far_apart_in_every_picture(bare: list[Scene]) -> None:
    part = MESH.triangles[MESH.part == EYE]
    assert BODY == 0
    for scene in bare:
        places = scene.places(scene.vertices(moment()))[np.unique(part)]
        left, right = places[places[:, 0] > SIZE], places[places[:, 0] < SIZE]
        apart = left[:, 0].mean() - right[:, 0].mean()
        assert apart == pytest.approx(EYES_APART * scene.size, rel=0.03)
