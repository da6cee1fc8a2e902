"""Landmarks of a face: MediaPipe's mesh in an upright square around it.

The square is 1.5 times as large as the face and turned so that its eyes are level, as in
MediaPipe (`mediapipe/modules/face_landmark`).
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.video import Frame
from metst.video.face import Landmarks
from metst.video.mesh.correspondence import as_ibug
from metst.video.mesh.networks import MESH_SIDE, Networks

MARGIN: Final = 1.5
"""Side of the square in sizes of the face."""

FACE: Final = 0.0
"""Least logit of a square that shows a face: a probability of 1/2."""

FOREHEAD: Final = 0.24
"""Height of the forehead above the brows, in distances of the brows from the chin."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Square:
    """A square in an image.

    Attributes:
        middle: (x, y), px.
        side: px.
        angle: of its upper edge, radians, clockwise in the image.
    """

    middle: Array
    side: float
    angle: float

    @property
    def to_image(self) -> Array:
        """Matrix (2, 3) from its own pixels, 0 ... `MESH_SIDE`, to those of the image."""
        scale = self.side / MESH_SIDE
        turn = scale * np.array(
            [
                [np.cos(self.angle), -np.sin(self.angle)],
                [np.sin(self.angle), np.cos(self.angle)],
            ]
        )
        return np.column_stack([turn, self.middle - turn.sum(axis=1) * (MESH_SIDE / 2)])

    def cut(self, grey: Frame) -> Frame:
        """What it shows of an image (H, W), `MESH_SIDE` pixels wide; black beyond the image."""
        matrix = self.to_image
        matrix[:, 2] += matrix[:, :2].sum(axis=1) / 2  # the middle of the first pixel is 0.5
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(grey, matrix, (MESH_SIDE, MESH_SIDE), flags=flags))


def square(corners: Array) -> Square:
    """The square around a box, whose eyes are level in it.

    Args:
        corners: (4, 2) as (x, y): the least and the greatest of the box, the left and the right
            eye in the image.
    """
    low, high, left, right = corners
    across, down = (right - left).tolist()
    return Square((low + high) / 2, MARGIN * float((high - low).max()), np.arctan2(down, across))


def around(landmarks: Landmarks) -> Square:
    """The square for a face whose 68 landmarks (68, 2) are known: of all it shows, to the top."""
    brows = landmarks[17:27].mean(axis=0)
    top = brows + FOREHEAD * (brows - landmarks[8])
    face = np.vstack([landmarks, top])
    eyes = landmarks[[36, 45]]
    return square(np.stack([face.min(axis=0), face.max(axis=0), *eyes]))


def place(grey: Frame, where: Square, networks: Networks) -> Landmarks | None:
    """Landmarks (68, 2) in pixels of the image (H, W); None where the square shows no face."""
    points, logit = networks.mesh(np.divide(where.cut(grey), 255, dtype=np.float32))
    if logit < FACE:
        return None
    matrix = where.to_image
    return as_ibug(points @ matrix[:, :2].T + matrix[:, 2])
