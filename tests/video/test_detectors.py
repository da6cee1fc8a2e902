"""Detectors by name."""

import pytest

from metst.base.errors import ConfigError
from metst.video.detectors import face_detector
from metst.video.face import DlibDetector, FaceDetector
from metst.video.mesh import MeshDetector


def test_detectors_have_short_names() -> None:
    assert isinstance(face_detector(), DlibDetector)
    assert isinstance(face_detector("mesh"), MeshDetector)
    assert all(isinstance(face_detector(name), FaceDetector) for name in ("dlib", "mesh"))


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"expected dlib or mesh.*'mash'"):
        face_detector("mash")
