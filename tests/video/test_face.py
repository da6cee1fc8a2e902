"""The dlib detector on a photograph, and what happens without it."""

import importlib.metadata
import importlib.util
import pickle

import cv2
import numpy as np
import pytest

from metst.base.errors import BackendError
from metst.video import Frame
from metst.video.face import LANDMARKS, DlibDetector
from tests.support.dlib import dlib_detector


@pytest.fixture(scope="module")
def portrait() -> Frame:
    data = pytest.importorskip("skimage.data")  # the NASA portrait of Eileen Collins
    return cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2GRAY).astype(np.uint8)


@pytest.fixture(scope="module")
def detector() -> DlibDetector:
    return dlib_detector()


def test_landmarks_are_where_the_face_is(detector: DlibDetector, portrait: Frame) -> None:
    points = detector.detect(portrait)
    assert points is not None
    assert points.shape == (LANDMARKS, 2)
    assert points.dtype == np.int64
    left_eye, right_eye = points[36:42].mean(axis=0), points[42:48].mean(axis=0)
    nose, mouth, chin = points[30], points[48:68].mean(axis=0), points[8]
    assert left_eye[0] < nose[0] < right_eye[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < mouth[1] < chin[1]
    assert ((points > [150, 30]) & (points < [300, 250])).all()  # her face in the 512-pixel image


def test_no_face_is_none(detector: DlibDetector) -> None:
    assert detector.detect(np.zeros((100, 120), np.uint8)) is None


def test_views_are_searched_like_copies(detector: DlibDetector, portrait: Frame) -> None:
    whole = detector.detect(portrait[:300, 100:400].copy())
    view = detector.detect(portrait[:300, 100:400])
    assert whole is not None
    np.testing.assert_array_equal(view, whole)


def test_it_goes_to_another_process_without_its_model(
    detector: DlibDetector, portrait: Frame
) -> None:
    detector.detect(portrait)
    data = pickle.dumps(detector)
    assert len(data) < 1000
    copy = pickle.loads(data)
    assert copy.name == detector.name


def test_the_name_carries_the_versions(detector: DlibDetector) -> None:
    assert importlib.metadata.version("face_recognition_models") in detector.name
    assert "dlib" in detector.name


def test_a_missing_model_is_told(monkeypatch: pytest.MonkeyPatch, portrait: Frame) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(
        BackendError, match=r"face_recognition_models.*pip install 'metst\[release\]'"
    ):
        DlibDetector().detect(portrait)


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", absent)
    with pytest.raises(BackendError, match=r"dlib-bin.*pip install 'metst\[release\]'"):
        _ = DlibDetector().name
