"""MDMD's feature of a video, ready for the store.

Shapes: T frames of a video, k frames from one image of a pair to the next.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from copy import copy
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.settings import require
from metst.datasets.labels.records import Kind
from metst.features.first_face import first_face
from metst.features.mdmd.main_direction import main_difference
from metst.features.roi_flow.boxes import Box
from metst.features.store import Entry, FeatureSpec
from metst.video import Frame, FrameSource, ImageFolder, RepairedFrames
from metst.video.detectors import DEFAULT, face_detector
from metst.video.face import LandmarkDetector, Landmarks

VERSION = 1
"""Raised whenever this package gives other numbers for the same frames."""

SIDE = 227
"""Side of the face crop, in pixels."""

SECONDS: dict[Kind, float] = {"micro": 0.4, "macro": 1.3}
"""From a frame to the one that it is compared with."""

LEAST = 6
"""Least length of a video in such steps; in a shorter one the steps are halved."""


class MainDirections:
    """How much more a face has moved since k frames ago than it will have k frames later.

    A `Feature`. Entries hold for each kind of expression `micro` and `macro`, float64 (2, T): with
    directions as released, and with all four quarters (`main_difference`), in pixels of the crop, 0
    for the first and last k frames; `micro_k` and `macro_k`, int64 (1,), k of this video; and the
    `box` of the face as top, bottom, left, right, int64 (4,).

    Flow is OpenCV's dense RLOF with its defaults, another build than the authors' one.

    Args:
        macro: whether macro-expressions are measured, too; they take as long again.
        detector: finds the face: an object, or the name of a known one (`metst.video.detectors`).
    """

    def __init__(
        self, macro: bool = True, detector: LandmarkDetector | str | None = DEFAULT
    ) -> None:
        self.kinds: tuple[Kind, ...] = ("micro", "macro") if macro else ("micro",)
        self.detector: LandmarkDetector = (
            face_detector(detector) if isinstance(detector, str | None) else detector
        )
        self._fps = 0.0

    def at(self, fps: float) -> "MainDirections":
        """See `metst.features.feature.RateDependent`."""
        known = copy(self)
        known._fps = fps
        known._k("micro")
        return known

    @property
    def spec(self) -> FeatureSpec:
        """Name of the features in the store: everything that changes their numbers."""
        parameters = {
            "k": [self._k(kind) for kind in self.kinds],
            "flow": "dense_rlof",
            "detector": self.detector.name,
            "opencv": cv2.__version__,
        }
        return FeatureSpec("mdmd", VERSION, parameters, label="-".join(self.kinds))

    def measure(self, frames: Sequence[Path]) -> Entry:
        """Features of one video.

        Raises:
            VideoError: no image can be read, or none has a face.
        """
        source = RepairedFrames(ImageFolder(frames))
        box, count = face_box(source, self.detector), len(source)
        arrays: dict[str, NDArray[np.int64] | NDArray[np.float64]] = {
            "box": np.array(box, np.int64)
        }
        for kind in self.kinds:
            k = step(self._k(kind), count)
            values = np.zeros((2, count))
            for i, (before, after) in enumerate(_flows(source, box, k), start=k):
                values[0, i] = main_difference(before, after, half_angles=True)
                values[1, i] = main_difference(before, after, half_angles=False)
            arrays |= {kind: values, f"{kind}_k": np.array([k], np.int64)}
        return Entry(arrays, count, tuple(source.remarks))

    def _k(self, kind: Kind) -> int:
        rule = "that of the data set (its timebase)"
        require("frame rate", self._fps, self._fps > 0, rule)
        return max(1, round(SECONDS[kind] * self._fps))


def step(k: int, frames: int) -> int:
    """Frames from one image of a pair to the next in a video of so many."""
    while k > 1 and frames < LEAST * k:
        k = int(k / 2 + 0.5)
    return k


def face_box(source: FrameSource, detector: LandmarkDetector) -> Box:
    """The face in the first frame that shows one, down to the chin that is found in its crop.

    Raises:
        NoFaceError: none does.
        VideoError: no image can be read.
    """
    frame, found = first_face(source, detector)
    box = _around(found).clip(*frame.shape)
    again = None if box.empty else detector.detect(frame[box.pixels])
    if again is None:
        return box
    return box._replace(bottom=min(box.bottom, box.top + max(1, int(again[:, 1].max()))))


def _around(landmarks: Landmarks) -> Box:
    (left, top), (right, bottom) = landmarks.min(axis=0), landmarks.max(axis=0)
    forehead = landmarks[36, 1] - landmarks[18, 1]  # from a brow to the eye
    return Box(int(top - forehead), int(bottom), int(left), int(right))


def _flows(
    source: FrameSource, box: Box, k: int
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Flow from frames 0, 1, ... to those k and 2 k later, (`SIDE`, `SIDE`, 2) each."""
    recent: deque[Frame] = deque(maxlen=2 * k + 1)
    for index in range(len(source)):
        crop = cv2.resize(source.read(index)[box.pixels], (SIDE, SIDE))
        recent.append(cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False))
        if len(recent) == recent.maxlen:
            yield _rlof(recent[0], recent[k]), _rlof(recent[0], recent[-1])


def _rlof(first: Frame, second: Frame) -> NDArray[np.float32]:
    flow = cv2.optflow.calcOpticalFlowDenseRLOF(first, second, np.empty(0))
    return flow.astype(np.float32, copy=False)
