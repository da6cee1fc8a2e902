"""The face of a video: one box for all frames, and landmarks in its crop.

Source of the recipe: MEAN and SOFTNet. Their crops pass through a JPEG file; these do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import cv2
import numpy as np

from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.windows import NoFaceError
from metst.video import Frame, FrameSource
from metst.video.face import Edges, Landmarks

SIDE = 128
"""Side of the square that every face is resized to, in pixels."""

UPSAMPLED = 1
"""How often an image is doubled before it is searched for a face."""

Images = Literal["mean", "softnet"]
"""Whose flow images; they differ in landmarks, strain and normalization."""


class BoxDetector(Protocol):
    """Finds boxes of faces, and landmarks in a given box; `metst.video.face.DlibDetector` does."""

    @property
    def name(self) -> str:
        """Name and version."""
        ...

    def boxes(self, grey: Frame, upsampled: int = 0) -> Sequence[Edges]:
        """Boxes of all faces of an image, doubled so often before."""
        ...

    def landmarks(self, grey: Frame, box: Edges) -> Landmarks:
        """Landmarks of the face that a box holds."""
        ...


@dataclass(frozen=True)
class Face:
    """A face that stays where it is.

    Attributes:
        index: first frame in which it was found.
        box: its box, inside the frame.
        landmarks: in pixels of the crop, as (x, y), int64 (68, 2).
    """

    index: int
    box: Box
    landmarks: Landmarks


def cut(frame: Frame, box: Box) -> Frame:
    """The crop (`SIDE`, `SIDE`) of a frame."""
    return cv2.resize(frame[box.pixels], (SIDE, SIDE)).astype(np.uint8, copy=False)


def find_face(source: FrameSource, detector: BoxDetector, images: Images) -> Face:
    """The last face of the first frame that shows one, with landmarks as `images` has them.

    MEAN places them in the crop as a whole, SOFTNet in the face that is found in the crop of the
    first frame possible; where none is, as MEAN.

    Raises:
        NoFaceError: no frame shows a face.
        VideoError: no image can be read.
    """
    index, box = _find_box(source, detector)
    crop, place = cut(source.read(index), box), (0, SIDE, 0, SIDE)
    if images == "softnet":
        crops = (cut(source.read(i), box) for i in range(index, len(source)))
        found = ((c, places[0]) for c in crops if (places := detector.boxes(c, UPSAMPLED)))
        crop, place = next(found, (crop, place))
    return Face(index, box, detector.landmarks(crop, place))


def _find_box(source: FrameSource, detector: BoxDetector) -> tuple[int, Box]:
    for index in range(len(source)):
        frame = source.read(index)
        boxes = [Box(*edges).clip(*frame.shape) for edges in detector.boxes(frame, UPSAMPLED)]
        if inside := [box for box in boxes if not box.empty]:
            return index, inside[-1]
    msg = (
        f"no face found in {len(source)} frames; the video cannot be analyzed "
        "(frontal faces of about 40 pixels and more are found)"
    )
    raise NoFaceError(source.path, msg)
