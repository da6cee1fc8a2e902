"""Detectors of faces by their short names."""

from collections.abc import Callable, Mapping
from typing import Final

from metst.base.errors import ConfigError
from metst.video.face import DlibDetector, FaceDetector


def _mesh() -> FaceDetector:
    from metst.video.mesh import MeshDetector  # with cv2.dnn: only who uses it needs it

    return MeshDetector()


DETECTORS: Final[Mapping[str, Callable[[], FaceDetector]]] = {"dlib": DlibDetector, "mesh": _mesh}

DEFAULT: Final = "mesh"

RELEASED: Final = "dlib"
"""That of the authors' released code; it needs the extra `release`."""


def face_detector(name: str | None) -> FaceDetector:
    """A detector by its name; None stands for `RELEASED`: a run that names none was made with it.

    Raises:
        ConfigError: there is no detector of that name.
    """
    name = name or RELEASED
    if name not in DETECTORS:
        known = " or ".join(DETECTORS)
        msg = f"detector: expected {known}, or the class_path of a LandmarkDetector, got {name!r}"
        raise ConfigError(msg)
    return DETECTORS[name]()
