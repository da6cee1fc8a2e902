"""What OF-FD finds in a video, ready for the store.

Shapes: T frames of a video, S segments, N intervals.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.settings import require
from metst.features.of_fd.constants import CONSTANTS, FACTORS, Name
from metst.features.of_fd.merging import of_video
from metst.features.of_fd.segments import Motion, Segment, segments
from metst.features.roi_flow import NO_FACE, Margins, Window, check_faces, iter_windows
from metst.features.roi_flow.feature import faceless
from metst.features.roi_flow.plus import ME_TST_PLUS_ROIS
from metst.features.roi_flow.rois import PlusRoiSet
from metst.features.store import Arrays, Entry, FeatureSpec
from metst.video import ImageFolder, RepairedFrames
from metst.video.detectors import DEFAULT, face_detector
from metst.video.face import LandmarkDetector

VERSION = 1
"""Raised whenever this package gives other numbers for the same frames."""

_LEFT_BROW = replace(ME_TST_PLUS_ROIS.rois[0], inner=Margins(10, 10, 10, 10), share=0.2)


@dataclass(frozen=True)
class OFFDRoiSet(PlusRoiSet):
    """OF-FD's own rule of means."""

    rules: str = "of_fd"
    by_share: ClassVar[bool] = True


ROIS = OFFDRoiSet((_LEFT_BROW, *ME_TST_PLUS_ROIS.rois[1:16]), ME_TST_PLUS_ROIS.reference)
"""The sixteen regions: eight of brows, six of the mouth, two of the nose."""


class OFFDSegments:
    """Flow of sixteen regions in segments of 200 frames, and OF-FD's intervals; a `Feature`.

    Where a segment begins depends on what is found in the one before, so intervals are part of the
    feature: with the published heights, in segments chosen by these, and with multiples of them, in
    the same segments. Entries hold `spans`, int64 (N, 3): index of the multiple in `FACTORS`, first
    and last frame; `height`, float32 (T,), how far the region that is furthest from its least
    displacement is from it, in crop pixels, for pictures; `starts`, int64 (S,), the first frame of
    each segment; `references`, int64 (S,), the frame whose face it was measured on, or `NO_FACE`.

    Args:
        constants: the data set whose published constants are taken, `samm` or `cas`.
        detector: finds the faces: an object, or the name of a known one (`metst.video.detectors`).

    Raises:
        ConfigError: there are no such constants, or no such detector.
    """

    def __init__(
        self, constants: Name = "samm", detector: LandmarkDetector | str | None = DEFAULT
    ) -> None:
        known = " or ".join(CONSTANTS)
        require("data.samples.constants", constants, constants in CONSTANTS, known)
        self.constants = constants
        self.detector: LandmarkDetector = (
            face_detector(detector) if isinstance(detector, str | None) else detector
        )

    @property
    def spec(self) -> FeatureSpec:
        """Name of the features in the store: everything that changes their numbers."""
        parameters = {
            "constants": asdict(CONSTANTS[self.constants]),
            "factors": FACTORS,
            "detector": self.detector.name,
            "opencv": cv2.__version__,
            "rois": asdict(ROIS),
        }
        return FeatureSpec("of_fd", VERSION, parameters, label=self.constants)

    def measure(self, frames: Sequence[Path]) -> Entry:
        """What is found in one video.

        Raises:
            VideoError: no image can be read, or no segment has a face.
        """
        source, limits = RepairedFrames(ImageFolder(frames)), CONSTANTS[self.constants]
        windows: list[Window] = []

        def motion_of(start: int, end: int) -> Motion:
            (window,) = iter_windows(source, [start], end - start, self.detector, ROIS)
            windows.append(window)
            pairs = window.features.reshape(len(ROIS.rois), 2, -1)  # (M, 2, L)
            return pairs.swapaxes(1, 2)

        parts = list(segments(len(source), motion_of, limits))
        check_faces(source, windows)
        references = [NO_FACE if w.reference is None else w.reference for w in windows]
        arrays: Arrays = {
            "spans": _spans(parts, self.constants),
            "height": _height(parts, len(source)),
            "starts": np.array([part.start for part in parts], np.int64),
            "references": np.array(references, np.int64),
        }
        findings = *source.remarks, *faceless(frames, windows)
        return Entry(arrays, len(source), findings)


def _spans(parts: Sequence[Segment], constants: Name) -> NDArray[np.int64]:
    """Intervals (N, 3) at each factor."""
    rows = []
    for number, factor in enumerate(FACTORS):
        limits = CONSTANTS[constants].scaled(factor)
        found = of_video([span for part in parts for span in part.spans(limits)], limits)
        rows += [(number, *span) for span in found]
    return np.array(rows, np.int64).reshape(-1, 3)


def _height(parts: Sequence[Segment], frames: int) -> NDArray[np.float32]:
    """Of the highest curve (T,) at each frame, above its minimum in the segment."""
    height = np.zeros(frames, np.float32)
    for part in parts:
        smooth = np.stack([curves.smooth for curves in part.curves])  # (M, N)
        highest = (smooth - smooth.min(1, keepdims=True)).max(0)
        there = height[part.start + 1 : part.start + 1 + len(highest)]
        np.maximum(there, highest, out=there)
    return height
