"""The face crop of a window: where it is, what it shows, and how it follows the head."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

import cv2
import numpy as np

from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.smoothing import smoothed
from metst.video import Frame, FrameSource
from metst.video.face import LandmarkDetector, Landmarks, is_whole

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
    """Find the face of a frame (H, W), or None; see `placed`."""
    found = detector.detect(frame)
    return None if found is None else placed(frame, found, detector)


def placed(frame: Frame, found: Landmarks, detector: LandmarkDetector) -> Face | None:
    """The face of a frame (H, W) whose landmarks in the frame were found.

    Landmarks in whole pixels are looked for once more, in the crop. A face so small that its inner
    eye corners coincide, or whose crop lies outside the frame, counts as none.
    """
    box = _crop_box(found)
    inside = box.clip(*frame.shape)
    if inside.empty:
        return None
    origin = np.array([inside.left, inside.top])
    if not is_whole(found):
        scale = CROP_SIZE / np.array([inside.width, inside.height])
        landmarks = np.rint((found - origin + 0.5) * scale - 0.5).astype(np.int64)
    elif (again := detector.detect(cut(frame, box))) is not None:
        landmarks = again.astype(np.int64, copy=False)
    else:  # the released code scales by the whole box, also where the frame ends inside of it
        scale = CROP_SIZE / np.array([box.width, box.height])
        landmarks = ((found - origin) * scale).astype(np.int64)
    return Face(box, landmarks)


def _crop_box(landmarks: Landmarks) -> Box:
    """Crop around the eyes, in full-frame pixels."""
    (left, left_y), (right, right_y) = landmarks[[LEFT_INNER_EYE, RIGHT_INNER_EYE]].tolist()
    unit = (right - left) / 2
    if is_whole(landmarks):
        unit = int(unit)  # authors' released code
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
        smooth: landmarks are smoothed over so many frames before and after, see
            `metst.features.roi_flow.smoothing`; the detector is a `FaceDetector` then.
    """

    def __init__(
        self,
        source: FrameSource,
        detector: LandmarkDetector,
        reach: int | None = None,
        smooth: int = 0,
    ) -> None:
        self.source, self.detector, self.reach, self.smooth = source, detector, reach, smooth
        self._faces: dict[int, Face | None] = {}

    def find(self, start: int, within: int | None = None) -> tuple[int, Face] | None:
        """Frame that shows a face, and the face, for the window that begins at `start`.

        That is the first of start, then 3, 6, ... frames before it, then 3, 6, ... frames after it,
        with a face (authors' released code); None where none of them has one.

        Args:
            start: first frame of the window.
            within: the first of so many frames from `start` on, instead (ME-TST's successors).
        """
        candidates = self._around(start) if within is None else range(start, start + within)
        for index in candidates:
            face = self._at(index)
            if face is not None:
                return index, face
        return None

    def _around(self, start: int) -> Iterable[int]:
        step, end = SEARCH_STEP, len(self.source)
        first, last = (
            (0, end) if self.reach is None else (start - self.reach + 1, start + self.reach)
        )
        back = range(start, max(first, 0) - 1, -step)
        return chain(back, range(start + step, min(last, end), step))

    def _at(self, index: int) -> Face | None:
        if index not in self._faces:
            frame = self.source.read(index)
            found = self.detector.detect(frame)
            if found is not None and self.smooth:
                found = smoothed(self.source, index, found, self.detector, self.smooth)
            self._faces[index] = None if found is None else placed(frame, found, self.detector)
        return self._faces[index]
