"""The released detector, where it is installed."""

import pytest

from metst.video.face import DlibDetector


def dlib_detector() -> DlibDetector:
    """The detector; the test is skipped without the extra `release`."""
    pytest.importorskip("dlib", reason="needs dlib: pip install 'metst[release]'")
    return DlibDetector()
