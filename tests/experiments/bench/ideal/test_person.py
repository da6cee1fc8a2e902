"""Ideal flow is what the feature would measure if its flow were exact."""

import numpy as np
import pytest

from experiments.bench.ideal.person import Person, measure, person
from experiments.bench.ideal.points import rest
from metst.datasets.heads.identity import draw_identity
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.render.figure import Figure
from metst.datasets.heads.render.film import moment
from metst.datasets.heads.render.scene import Scene
from metst.datasets.heads.script import VideoPlan, VideoScript, write_script
from metst.datasets.heads.script.plan import PlannedExpression
from metst.datasets.heads.units import UNITS
from metst.features.roi_flow.top_mean import top_mean
from metst.features.windows import window_starts

SUBJECT, SEED, K = "spNO.1", 3, 50
AREAS = ("left brow", "right brow", "mouth", "left nose side", "right nose side")


@pytest.fixture(scope="module")
def figure() -> Figure:
    return Figure(draw_identity(SEED, SUBJECT), 360)


@pytest.fixture(scope="module")
def who(figure: Figure) -> Person:
    return person(figure)


@pytest.fixture(scope="module")
def script() -> VideoScript:
    micro = (PlannedExpression("disgust", 20, 0.3, 0.3), PlannedExpression("sad", 30, 0.3, 0.4))
    plan = VideoPlan(SUBJECT, "a", 150, ("speech",), (), micro, ())
    return write_script(HeadsOptions(subjects=2, micro=2, minutes=1, seed=SEED), plan)


def test_a_figure_moves_as_the_scene_does(figure: Figure, script: VideoScript) -> None:
    scene = Scene(draw_identity(SEED, SUBJECT), 360)
    for t in (0, 70):
        places = [s.places(s.vertices(moment(script, t))) for s in (scene, figure)]
        assert np.array_equal(*places)
    assert np.array_equal(scene.surface(places[0])[0], figure.surface(places[1])[0])


def test_the_linear_model_is_nearly_exact(figure: Figure, who: Person, script: VideoScript) -> None:
    starts = window_starts(script.frames, K, tail=True)
    linear, head = measure(who.points, who.places(script.units, script.pose), starts, K)
    moved = [figure.places(figure.vertices(moment(script, t))) for t in range(script.frames)]
    exact, exact_head = measure(
        who.points, np.stack([who.points.places(places) for places in moved]), starts, K
    )
    assert np.abs(head - exact_head).max() < 0.05 * np.abs(exact_head).max()
    assert (linear - exact).std() < 0.1 * exact.std()
    assert exact.std() > 0.3


def test_motion_is_the_mean_of_the_longest_vectors_beside_the_reference(
    who: Person, script: VideoScript
) -> None:
    places = who.places(script.units, script.pose)
    motions, heads = measure(who.points, places, np.array([30]), K)
    moved = (places[30 + 17] - places[30]).T[:, None]  # (2, 1, P)
    first, shares = who.points.first, who.points.shares.astype(float)
    head = top_mean(moved[:, :, first[5] :], shares[5])
    assert heads[0, :, 17] == pytest.approx(head, abs=1e-4)
    for area in range(5):
        field = moved[:, :, first[area] : first[area + 1]] - head[:, None, None]
        expected = top_mean(field.astype(np.float32), shares[area])
        assert motions[0, 2 * area : 2 * area + 2, 17] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("unit", "area", "other", "sign"),
    [
        ("browInnerUp", "left brow", "mouth", -1),
        ("browDownLeft", "right brow", "left brow", 1),
        ("jawOpen", "mouth", "left brow", 1),
        ("noseSneerRight", "left nose side", "right nose side", -1),
    ],
)
def test_face_units_move_their_roi_up_or_down(
    who: Person, unit: str, area: str, other: str, sign: int
) -> None:
    units, pose = np.zeros((2, len(UNITS)), np.float32), np.zeros((2, 6), np.float32)
    units[1, UNITS.index(unit)] = 0.5
    motions, _ = measure(who.points, who.places(units, pose), np.array([0]), 2)
    down = sign * motions[0, 1::2, 1]  # (areas,)
    assert down[AREAS.index(area)] > max(0.3, 2 * abs(down[AREAS.index(other)]))


def test_a_shift_of_the_head_is_no_motion_of_the_face(who: Person) -> None:
    units, pose = np.zeros((2, who.by.shape[0] - 6), np.float32), np.zeros((2, 6), np.float32)
    pose[1, 3] = 0.1  # of the distance of the eyes
    motions, heads = measure(who.points, who.places(units, pose), np.array([0]), 2)
    assert heads[0, 0, 1] > 5
    assert np.abs(motions).max() < 0.05 * heads[0, 0, 1]


def test_at_rest_nothing_moves() -> None:
    assert not any(np.any(part) for part in (rest().units, rest().gaze, rest().pose))
