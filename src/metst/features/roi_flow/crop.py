"""The face crop of a window: where it is, what it shows, and how it follows the head."""

from dataclasses import dataclass
from itertools import chain

import cv2
import numpy as np

from metst.features.roi_flow.boxes import Box
from metst.video import Frame, FrameSource
from metst.video.face import LandmarkDetector, Landmarks

CROP_SIZE = 320
"""Side of the square that every face is resized to, in pixels (authors' released code)."""

LEFT_INNER_EYE, RIGHT_INNER_EYE = 39, 42  # landmarks
UP, DOWN, SIDE = 3.5, 5.5, 4.5
"""Reach of the crop around the middle of the eyes, in half distances of the inner eye corners."""

SEARCH_STEP = 3
"""Frames between two looks for a face where a window's first frame shows none."""


@dataclass(frozen=True)
class Face:
    """A face in a frame: its crop box (full-frame pixels) and its landmarks (crop pixels)."""

    box: Box
    landmarks: Landmarks


def cut(frame: Frame, box: Box) -> Frame:
    """The crop (`CROP_SIZE`, `CROP_SIZE`) of a frame; of a box beyond the frame the part inside."""
    part = frame[box.clip(*frame.shape).pixels]
    return cv2.resize(part, (CROP_SIZE, CROP_SIZE)).astype(np.uint8, copy=False)


def locate(frame: Frame, detector: LandmarkDetector) -> Face | None:
    """Find the face of a frame (H, W), or None.

    A face so small that its inner eye corners coincide, or whose crop lies outside the frame,
    counts as none.
    """
    full = detector.detect(frame)
    if full is None:
        return None
    box = _crop_box(full)
    inside = box.clip(*frame.shape)
    if inside.empty:
        return None
    landmarks = detector.detect(cut(frame, box))
    if landmarks is None:
        scale = CROP_SIZE / np.array([inside.width, inside.height])
        landmarks = ((full - [inside.left, inside.top]) * scale).astype(np.int64)
    return Face(box, landmarks)


def _crop_box(landmarks: Landmarks) -> Box:
    """Crop around the eyes, in full-frame pixels."""
    (left, left_y), (right, right_y) = landmarks[[LEFT_INNER_EYE, RIGHT_INNER_EYE]].tolist()
    unit = int((right - left) / 2)
    x, y = int((left + right) / 2), int((left_y + right_y) / 2)
    return Box(
        max(y - int(UP * unit), 0),
        y + int(DOWN * unit),
        max(x - int(SIDE * unit), 0),
        x + int(SIDE * unit),
    )


def moved(box: Box, right: int, down: int, frame: Frame) -> Box:
    """The box after a move by so many pixels; top and left stay at 0 at least.

    A move after which no pixel of the frame would be left in the box is not made.
    """
    target = Box(
        max(box.top + down, 0), box.bottom + down, max(box.left + right, 0), box.right + right
    )
    return box if target.clip(*frame.shape).empty else target


class FaceFinder:
    """Faces of a video; every frame is searched once at most.

    Args:
        source: the video.
        detector: finds the faces.
        reach: only frames less than so many away from a window's first one are searched; None
            searches the whole video, as the authors' released code does.
    """

    def __init__(
        self, source: FrameSource, detector: LandmarkDetector, reach: int | None = None
    ) -> None:
        self.source, self.detector, self.reach = source, detector, reach
        self._faces: dict[int, Face | None] = {}

    def find(self, start: int) -> tuple[int, Face] | None:
        """Frame that shows a face, and the face, for the window that begins at `start`.

        That is the first of start, then 3, 6, ... frames before it, then 3, 6, ... frames after it,
        with a face (authors' released code); None where none of them has one.
        """
        step, end = SEARCH_STEP, len(self.source)
        first, last = (
            (0, end) if self.reach is None else (start - self.reach + 1, start + self.reach)
        )
        back = range(start, max(first, 0) - 1, -step)
        candidates = chain(back, range(start + step, min(last, end), step))
        for index in candidates:
            face = self._at(index)
            if face is not None:
                return index, face
        return None

    def _at(self, index: int) -> Face | None:
        if index not in self._faces:
            self._faces[index] = locate(self.source.read(index), self.detector)
        return self._faces[index]
