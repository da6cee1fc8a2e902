"""Detectors by name."""

import pytest

from metst.base.errors import ConfigError
from metst.video.detectors import DEFAULT, face_detector
from metst.video.face import DlibDetector, FaceDetector
from metst.video.mesh import MeshDetector
from tests.support.dlib import dlib_detector


def test_detectors_have_short_names() -> None:
    assert isinstance(face_detector(DEFAULT), MeshDetector)
    assert isinstance(face_detector(None), DlibDetector)  # of runs that name none


def test_both_follow_faces() -> None:
    assert isinstance(face_detector("mesh"), FaceDetector)
    assert isinstance(dlib_detector(), FaceDetector)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"expected dlib or mesh.*'mash'"):
        face_detector("mash")
