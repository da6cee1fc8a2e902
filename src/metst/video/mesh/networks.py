"""MediaPipe's two networks through OpenCV: one finds faces, the other places 468 points on one.

Their files, their source and their licence are in the folder `models`.
"""

from functools import cached_property
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.errors import BackendError

FOLDER: Final = Path(__file__).with_name("models")
FINDER: Final = "face_detection_short_range.tflite"
MESH: Final = "face_landmark.tflite"
DIGESTS: Final = {
    FINDER: "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    MESH: "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
}
"""SHA-256 of each file."""

FINDER_SIDE: Final = 128
MESH_SIDE: Final = 192
"""Sides of the square images that the networks read, in pixels."""

POINTS: Final = 468

Float = NDArray[np.float32]


class Networks:
    """Both networks; read when first used, once per object."""

    def candidates(self, image: Float) -> tuple[Float, Float]:
        """Candidates for faces in an image (128, 128) of values in [-1, 1].

        Returns:
            Places (896, 16), px beside each anchor: middle, width and height of a box, then six
            points as (x, y); and the logit (896,) of being a face.
        """
        places, logits = _outputs(self._finder, image, ("regressors", "classificators"))
        return places.reshape(-1, 16), logits.ravel()

    def mesh(self, image: Float) -> tuple[Float, float]:
        """Points (468, 2) in the image (192, 192) of values in [0, 1], and the logit of a face.

        Points are (x, y) in px; 0 is the edge of the first one.
        """
        points, logit = _outputs(self._mesh, image, ("conv2d_21", "conv2d_31"))
        return points.reshape(POINTS, 3)[:, :2], float(logit.item())

    @cached_property
    def _finder(self) -> "cv2.dnn.Net":
        return _read(FINDER)

    @cached_property
    def _mesh(self) -> "cv2.dnn.Net":
        return _read(MESH)


def _read(name: str) -> "cv2.dnn.Net":
    # The engine that gives several outputs in one pass; OpenCV 4 has no other.
    classic = getattr(cv2.dnn, "ENGINE_CLASSIC", None)
    engine = () if classic is None else (classic,)
    try:
        return cv2.dnn.readNetFromTFLite(str(FOLDER / name), *engine)
    except cv2.error as error:
        msg = f"OpenCV {cv2.__version__} cannot read {FOLDER / name} ({error}): install metst again"
        raise BackendError(msg) from error


def _outputs(network: "cv2.dnn.Net", image: Float, names: tuple[str, ...]) -> list[Float]:
    """Outputs of a network for a grey image (S, S), which stands for all three colors."""
    network.setInput(np.broadcast_to(image, (1, 3, *image.shape)))
    return [np.asarray(output, np.float32) for output in network.forward(names)]
