"""Who is seen: everyone else, plausible, and with the eyes in the same place."""

import numpy as np

from metst.datasets.heads.identity import Identity, draw_identity
from metst.datasets.heads.landmarks import LANDMARKS
from metst.datasets.heads.mesh import EYE, load_mesh

EVERYONE = [draw_identity(3, f"spNO.{n}") for n in range(30)]
LEAST = 0.015
"""Mean difference, dm, between the landmarks of two people: about 1 px at 360 px."""


def landmarks(identity: Identity) -> np.ndarray:
    return identity.vertices[list(LANDMARKS)].astype(np.float64)


def test_people_differ() -> None:
    points = np.array([landmarks(one) for one in EVERYONE])
    apart = np.linalg.norm(points[:, None] - points, axis=-1).mean(-1)
    assert apart[~np.eye(len(points), dtype=bool)].min() > LEAST
    assert len({one.skin.tobytes() for one in EVERYONE}) == len(EVERYONE)
    assert {one.sex for one in EVERYONE} == {"female", "male"}
    assert 0 < sum(one.long for one in EVERYONE) < len(EVERYONE)


def test_a_person_follows_from_seed_and_name() -> None:
    again = draw_identity(3, "spNO.4")
    np.testing.assert_array_equal(again.vertices, EVERYONE[4].vertices)
    np.testing.assert_array_equal(again.skin, EVERYONE[4].skin)
    assert (draw_identity(4, "spNO.4").vertices != again.vertices).any()


def test_faces_are_nearly_symmetric() -> None:
    base = load_mesh().vertices[list(LANDMARKS)]
    mirrored = np.array([np.linalg.norm(base * (-1, 1, 1) - p, axis=1).argmin() for p in base])
    for one in EVERYONE:
        points = landmarks(one)
        unlike = np.linalg.norm(points * (-1, 1, 1) - points[mirrored], axis=1)
        assert unlike.max() < 0.1
        assert unlike.mean() < 0.03


def test_eyes_of_all_heights_of_body_lie_in_one_place() -> None:
    mesh = load_mesh()
    eyes = mesh.of_part(EYE)
    for one in EVERYONE:
        shift = (one.vertices[eyes] - mesh.vertices[eyes]).mean(0)
        np.testing.assert_allclose(shift, 0, atol=1e-4)


def test_the_identity_group_is_dark_or_old() -> None:
    group = [draw_identity(3, f"spNO.{n}", group=True) for n in range(30)]
    tone = [np.median([one.skin.mean() for one in some]) for some in (group, EVERYONE)]
    age = [np.median([one.age for one in some]) for some in (group, EVERYONE)]
    assert tone[0] < tone[1] - 0.1
    assert age[0] > age[1] + 0.3
