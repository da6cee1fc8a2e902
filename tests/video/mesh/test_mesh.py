"""The detector `mesh` on a photograph and on rendered heads, whose landmarks are known."""

import hashlib
import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.base.errors import BackendError
from metst.datasets.heads.landmarks import LANDMARKS
from metst.video import Frame
from metst.video.face import Landmarks
from metst.video.mesh import MeshDetector, networks
from tests.support.dlib import dlib_detector
from tests.support.scenes import moment, person, photo

SIDE = 240
LEFT_RIGHT = (
    *(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
    *(26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 27, 28, 29, 30, 35, 34, 33, 32, 31),
    *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
    *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65),
)  # where each landmark is in the mirror


@pytest.fixture(scope="module")
def detector() -> MeshDetector:
    return MeshDetector()


@pytest.fixture(scope="module")
def portrait() -> Frame:
    data = pytest.importorskip("skimage.data")  # the NASA portrait of Eileen Collins
    return cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2GRAY).astype(np.uint8)


def head(number: int, roll: float = 0.0) -> tuple[Frame, Landmarks]:
    """A rendered head and its exact landmarks."""
    scene, at = person(number, SIDE), moment(pose=(0, 0, roll, 0, 0, 0))
    grey = cv2.cvtColor(photo(scene, at), cv2.COLOR_BGR2GRAY).astype(np.uint8)
    return grey, scene.places(scene.vertices(at))[list(LANDMARKS), :2] - 0.5


def error(found: Landmarks | None, true: Landmarks) -> float:
    """Mean error of brows, nose, eyes and mouth, per cent of the distance of the eyes."""
    assert found is not None
    eyes = np.linalg.norm(true[45] - true[36])
    return float(100 * np.linalg.norm(found - true, axis=1)[17:].mean() / eyes)


@pytest.mark.parametrize("name", [networks.FINDER, networks.MESH])
def test_the_networks_are_those_of_their_source(name: str) -> None:
    data = (networks.FOLDER / name).read_bytes()
    assert hashlib.sha256(data).hexdigest() == networks.DIGESTS[name]
    assert networks.DIGESTS[name] in (networks.FOLDER / "README.md").read_text()


@pytest.mark.parametrize("roll", [0.0, 0.9])  # rad; dlib finds no face at 0.9
def test_landmarks_lie_near_the_true_ones(detector: MeshDetector, roll: float) -> None:
    for number in range(3):
        grey, true = head(number, roll)
        assert error(detector.detect(grey), true) < 5


def test_landmarks_lie_near_those_of_dlib(detector: MeshDetector, portrait: Frame) -> None:
    by_dlib = dlib_detector().detect(portrait)
    assert by_dlib is not None
    assert error(detector.detect(portrait), by_dlib) < 6


def test_a_mirrored_face_has_mirrored_landmarks(detector: MeshDetector, portrait: Frame) -> None:
    found = detector.detect(portrait)
    mirrored = detector.detect(portrait[:, ::-1])
    assert found is not None and mirrored is not None
    back = mirrored[list(LEFT_RIGHT)] * [-1, 1] + [portrait.shape[1] - 1, 0]
    assert error(back, found) < 2


def test_a_small_face_is_found_in_parts_of_the_image(
    detector: MeshDetector, portrait: Frame
) -> None:
    scale = 0.7
    small = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    image = np.full((720, 1280), 90, np.uint8)
    image[: len(small), 500 : 500 + small.shape[1]] = small
    whole = detector.detect(portrait)
    assert whole is not None
    assert error(detector.detect(image), (whole + 0.5) * scale - 0.5 + [500, 0]) < 3


def test_several_faces(detector: MeshDetector) -> None:
    (left, true_left), (right, true_right) = head(1), head(2)
    faces = sorted(detector.faces(np.hstack([left, right])), key=lambda face: face[0, 0])
    assert len(faces) == 2
    assert error(faces[0], true_left) < 5
    assert error(faces[1], true_right + np.array([SIDE, 0])) < 5


def test_a_smaller_face_beside_another_and_none_twice(
    detector: MeshDetector, portrait: Frame
) -> None:
    image = np.full((720, 1280), 90, np.uint8)
    for side, left in ((600, 40), (330, 800)):
        image[100 : 100 + side, left : left + side] = cv2.resize(portrait, (side, side))
    large, small = detector.faces(image)
    assert np.array_equal(large, detector.detect(image))
    assert 1.6 < np.ptp(large[:, 0]) / np.ptp(small[:, 0]) < 2
    assert small[:, 0].min() > 800


def test_a_face_is_followed_until_it_is_gone(detector: MeshDetector) -> None:
    grey, _ = head(0)
    first = detector.detect(grey)
    assert first is not None
    moved = np.roll(grey, 3, axis=1)
    assert error(detector.follow(moved, first), first + np.array([3, 0])) < 1
    assert detector.follow(np.full_like(grey, 90), first) is None


def test_sensor_noise_moves_landmarks_less_than_those_of_dlib(detector: MeshDetector) -> None:
    grey, _ = head(2)
    rng = np.random.default_rng(0)
    noisy = [
        np.clip(grey + rng.normal(0, 3, grey.shape), 0, 255).astype(np.uint8) for _ in range(8)
    ]
    ours, by_dlib = (
        np.std([d.detect(x) for x in noisy], axis=0) for d in (detector, dlib_detector())
    )
    assert ours.mean() < 0.6 * by_dlib.mean()


def test_no_face_is_none(detector: MeshDetector) -> None:
    assert detector.detect(np.zeros((100, 120), np.uint8)) is None
    assert detector.faces(np.zeros((700, 20), np.uint8)) == []


def test_it_goes_to_another_process_without_its_networks(detector: MeshDetector) -> None:
    data = pickle.dumps(detector)
    assert len(data) < 1000
    assert pickle.loads(data).name == detector.name


def test_a_missing_network_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(networks, "FOLDER", tmp_path)
    with pytest.raises(BackendError, match="install metst again"):
        MeshDetector().detect(np.zeros((100, 120), np.uint8))
