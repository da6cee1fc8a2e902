"""The face of a frame: 68 landmarks, from whichever detector is asked."""

import importlib.metadata
import importlib.util
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from metst.base.errors import BackendError
from metst.video import Frame

LANDMARKS = 68
"""Number of landmarks, in iBUG 300-W order, counted from 0."""

Landmarks = NDArray[np.int64]
"""Landmarks (68, 2) as (x, y) in pixels of the image that was searched; may lie outside it."""


class LandmarkDetector(Protocol):
    """Finds the landmarks of a face; picklable, since extraction runs in several processes."""

    @property
    def name(self) -> str:
        """Name and version: features found with another name are other features."""
        ...

    def detect(self, grey: Frame) -> Landmarks | None:
        """Landmarks of the first frontal face of an image, or None where there is no face."""
        ...


class DlibDetector:
    """dlib's HOG detector without up-sampling, first face, and its 68-point shape predictor.

    The model (95 MB) is read when the first image is searched, once per object.
    """

    MODEL_PACKAGE = "face_recognition_models"
    MODEL_FILE = Path("models", "shape_predictor_68_face_landmarks.dat")

    @cached_property
    def name(self) -> str:
        """Names and versions of the packages that hold the code and the model."""
        code = _version("dlib-bin", "dlib")  # "dlib" where it was built from source
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
        find_faces, find_landmarks = self._models
        image = np.ascontiguousarray(grey)
        found = list(find_faces(image, 0))[:most]  # 0: no up-sampling
        shapes = [find_landmarks(image, face) for face in found]
        return [
            np.array([(p.x, p.y) for p in map(shape.part, range(LANDMARKS))], dtype=np.int64)
            for shape in shapes
        ]

    @cached_property
    def _models(self) -> tuple[Any, Any]:
        model = self._model_path()
        try:
            import dlib
        except ImportError as error:
            msg = "landmark detection needs dlib, which is not installed: pip install dlib-bin"
            raise BackendError(msg) from error
        return dlib.get_frontal_face_detector(), dlib.shape_predictor(str(model))

    def _model_path(self) -> Path:
        """Where pip put the model; the package itself cannot be imported by new setuptools."""
        spec = importlib.util.find_spec(self.MODEL_PACKAGE)
        folders = (spec.submodule_search_locations if spec else None) or []
        for folder in folders:
            if (path := Path(folder) / self.MODEL_FILE).is_file():
                return path
        msg = (
            f"landmark detection needs {self.MODEL_FILE.name} of the package "
            f"{self.MODEL_PACKAGE}, which was not found: pip install {self.MODEL_PACKAGE}"
        )
        raise BackendError(msg)

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
    msg = f"landmark detection needs {packages[0]}: pip install {packages[0]}"
    raise BackendError(msg)
