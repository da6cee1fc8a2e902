"""SP-FD's motion of regions as a feature of a video, ready for the store.

Shapes: T frames of a video, M = 12 regions.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import cv2
import numpy as np

from metst.features.first_face import first_face
from metst.features.roi_flow.boxes import Box
from metst.features.sp_fd.regions import LANDMARKS, Faults, motions
from metst.features.store import Arrays, Entry, FeatureSpec
from metst.video import Frame, FrameSource, ImageFolder, RepairedFrames
from metst.video.detectors import DEFAULT, face_detector
from metst.video.face import LandmarkDetector, Landmarks

VERSION = 1
"""Raised whenever this package gives other numbers for the same frames."""

WIDE = 1.33
"""Side of the face's box in extents of its landmarks; about that of OpenCV's Haar cascade."""

FAULTS = tuple(Faults(*each) for each in product((False, True), repeat=2))
"""All combinations of faults, in the order of the feature."""


class RegionMotions:
    """How far eleven regions and the nose bridge move from each frame to the next; a `Feature`.

    Flow is TV-L1 in a box around the face in the first frame that shows one; landmarks are those of
    each frame, or of the last one that shows a face. Entries hold `lengths`, float32
    (4, T - 1, M), motion in pixels of the frame less that of the head, with each combination of
    `FAULTS`; and the `box` as top, bottom, left, right, int64 (4,).

    Args:
        detector: finds the face: an object, or the name of a known one (`metst.video.detectors`).
    """

    def __init__(self, detector: LandmarkDetector | str | None = DEFAULT) -> None:
        self.detector: LandmarkDetector = (
            face_detector(detector) if isinstance(detector, str | None) else detector
        )

    @property
    def spec(self) -> FeatureSpec:
        """Name of the features in the store: everything that changes their numbers."""
        parameters = {"flow": "tv_l1", "detector": self.detector.name, "opencv": cv2.__version__}
        return FeatureSpec("sp_fd", VERSION, parameters)

    def measure(self, frames: Sequence[Path]) -> Entry:
        """Motion in one video.

        Raises:
            VideoError: no image can be read, or none has a face.
        """
        from metst.features.tv_l1 import flow  # with numba: only who measures needs it

        source = RepairedFrames(ImageFolder(frames))
        box, points = find_face(source, self.detector)
        lengths = np.zeros((len(FAULTS), max(0, len(source) - 1), len(LANDMARKS)), np.float32)
        last: Frame | None = None
        for index, crop in enumerate(_crops(source, box)):
            if last is not None:
                found = self.detector.detect(crop)
                points = points if found is None else found[list(LANDMARKS)]
                field = np.moveaxis(flow(last, crop), 0, 2)
                for number, faults in enumerate(FAULTS):
                    lengths[number, index - 1] = motions(field, points, faults)[0][:, 0]
            last = crop
        arrays: Arrays = {"lengths": lengths, "box": np.array(box, np.int64)}
        return Entry(arrays, len(source), tuple(source.remarks))


def find_face(source: FrameSource, detector: LandmarkDetector) -> tuple[Box, Landmarks]:
    """The square around the first face, inside the frame, and its points (M, 2) in it.

    Raises:
        NoFaceError: no frame shows a face.
        VideoError: no image can be read.
    """
    frame, found = first_face(source, detector)
    low, high = found.min(axis=0), found.max(axis=0)
    (x, y), reach = ((low + high) / 2).tolist(), WIDE * float((high - low).max()) / 2
    edges = (int(edge) for edge in (y - reach, y + reach, x - reach, x + reach))
    box = Box(*edges).clip(*frame.shape)
    points: Landmarks = found[list(LANDMARKS)] - np.array([box.left, box.top])
    return box, points


def _crops(source: FrameSource, box: Box) -> Iterator[Frame]:
    for index in range(len(source)):
        yield np.ascontiguousarray(source.read(index)[box.pixels])
