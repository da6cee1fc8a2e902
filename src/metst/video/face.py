"""The face of a frame: 68 landmarks, from whichever detector is asked."""

import importlib.metadata
import importlib.util
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from metst.base.errors import BackendError
from metst.video import Frame

LANDMARKS = 68
"""Number of landmarks, in iBUG 300-W order, counted from 0."""

Landmarks = NDArray[np.int64 | np.float64]
"""Landmarks (68, 2) as (x, y) in pixels of the image that was searched; may lie outside it.

In whole pixels, or between them where a detector is exact to less than one; the middle of the first
pixel is 0.
"""

NEAR = 1.0
"""How far, in widths of the face, it may have gone since it was last looked for."""

Edges = tuple[int, int, int, int]
"""Top, bottom, left and right of a box, in pixels."""


class LandmarkDetector(Protocol):
    """Finds the landmarks of a face; picklable, since extraction runs in several processes."""

    @property
    def name(self) -> str:
        """Name and version: features found with another name are other features."""
        ...

    def detect(self, grey: Frame) -> Landmarks | None:
        """Landmarks of the first frontal face of an image, or None where there is no face."""
        ...


@runtime_checkable
class FaceDetector(LandmarkDetector, Protocol):
    """Finds the landmarks of several faces, and a face again in a neighbouring frame."""

    def faces(self, grey: Frame) -> Sequence[Landmarks]:
        """Landmarks of all faces, the most certain first."""
        ...

    def follow(self, grey: Frame, last: Landmarks) -> Landmarks | None:
        """Landmarks of the face that was at `last` in a neighbouring frame; None if it is gone."""
        ...


def is_whole(landmarks: Landmarks) -> bool:
    """Whether landmarks are given in whole pixels."""
    return np.issubdtype(landmarks.dtype, np.integer)


def width(landmarks: Landmarks) -> float:
    """Width of a face, in pixels."""
    return float(np.ptp(landmarks[:, 0]))


def nearest(faces: Sequence[Landmarks], last: Landmarks) -> Landmarks | None:
    """The face nearest to where one was; None if it has gone further than `NEAR`."""

    def distance(face: Landmarks) -> float:
        return float(np.linalg.norm(face.mean(axis=0) - last.mean(axis=0)))

    near = [face for face in faces if distance(face) <= NEAR * width(last)]
    return min(near, key=distance, default=None)


class DlibDetector:
    """dlib's HOG detector without up-sampling, first face, and its 68-point shape predictor.

    Needs the extra `release`. The model (95 MB) is read when the first image is searched, once per
    object; it may not be used commercially, since its training data, iBUG 300-W, forbid that.
    """

    CODE_PACKAGE = "dlib-bin"
    MODEL_PACKAGE = "face_recognition_models"
    MODEL_FILE = Path("models", "shape_predictor_68_face_landmarks.dat")

    @cached_property
    def name(self) -> str:
        """Names and versions of the packages that hold the code and the model."""
        code = _version(self.CODE_PACKAGE, "dlib")  # "dlib" where it was built from source
        return f"{code}, {_version(self.MODEL_PACKAGE)}"

    def detect(self, grey: Frame) -> Landmarks | None:
        """Landmarks of the first face, or None.

        Raises:
            BackendError: dlib or its model is not installed.
        """
        faces = self.faces(grey, most=1)
        return faces[0] if faces else None

    def faces(self, grey: Frame, most: int | None = None) -> list[Landmarks]:
        """Landmarks of all faces, or of the first `most`, the most certain first.

        Raises:
            BackendError: dlib or its model is not installed.
        """
        return [self.landmarks(grey, box) for box in self.boxes(grey)[:most]]

    def follow(self, grey: Frame, last: Landmarks) -> Landmarks | None:
        """Landmarks of the face nearest to `last`; None where it is gone, see `nearest`.

        Raises:
            BackendError: dlib or its model is not installed.
        """
        return nearest(self.faces(grey), last)

    def boxes(self, grey: Frame, upsampled: int = 0) -> list[Edges]:
        """Boxes of all faces, the most certain first; may reach beyond the image.

        Args:
            grey: the image.
            upsampled: how often the image is doubled first: once, and faces of half the size
                are found.

        Raises:
            BackendError: dlib or its model is not installed.
        """
        found = self._models[0](np.ascontiguousarray(grey), upsampled)
        return [(face.top(), face.bottom(), face.left(), face.right()) for face in found]

    def landmarks(self, grey: Frame, box: Edges) -> Landmarks:
        """Landmarks of the face that a box holds.

        Raises:
            BackendError: dlib or its model is not installed.
        """
        _, find_landmarks = self._models  # raises where dlib is missing
        import dlib

        top, bottom, left, right = box
        shape = find_landmarks(np.ascontiguousarray(grey), dlib.rectangle(left, top, right, bottom))
        return np.array([(p.x, p.y) for p in map(shape.part, range(LANDMARKS))], dtype=np.int64)

    @cached_property
    def _models(self) -> tuple[Any, Any]:
        model = self._model_path()
        try:
            import dlib
        except ImportError as error:
            raise _not_installed(self.CODE_PACKAGE) from error
        return dlib.get_frontal_face_detector(), dlib.shape_predictor(str(model))

    def _model_path(self) -> Path:
        """Where pip put the model; the package itself cannot be imported by new setuptools."""
        spec = importlib.util.find_spec(self.MODEL_PACKAGE)
        folders = (spec.submodule_search_locations if spec else None) or []
        for folder in folders:
            if (path := Path(folder) / self.MODEL_FILE).is_file():
                return path
        raise _not_installed(self.MODEL_PACKAGE)

    def __reduce__(self) -> tuple[type["DlibDetector"], tuple[()]]:
        """Another process loads the models itself."""
        return DlibDetector, ()


def _version(*packages: str) -> str:
    """Name and version of the first package that is installed."""
    for package in packages:
        try:
            return f"{package} {importlib.metadata.version(package)}"
        except importlib.metadata.PackageNotFoundError:
            continue
    raise _not_installed(packages[0])


def _not_installed(package: str) -> BackendError:
    return BackendError(
        f"the detector dlib needs the package {package}, which is not installed: "
        "pip install 'metst[release]', or --data.samples.detector mesh where a system has it"
    )
