"""ROI flow as a feature of a video, ready for the store.

Shapes: W windows, C flow channels, k frames per window.
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.features.roi_flow.method import RELEASED, Method
from metst.features.roi_flow.rois import roi_set
from metst.features.roi_flow.windows import Window, check_faces, iter_windows, stack
from metst.features.store import Entry, FeatureSpec
from metst.features.windows import window_starts
from metst.video import ImageFolder, Remark, RepairedFrames
from metst.video.detectors import DEFAULT, face_detector
from metst.video.face import LandmarkDetector

VERSION = 1
"""Raised whenever this package gives other numbers for the same frames."""

NO_FACE = -1
"""Reference frame of a window in which no face was found."""

NAMES_SHOWN = 5
"""Most file names that a finding spells out."""


class RoiFlow:
    """Flow of facial regions in overlapping windows; a `metst.features.feature.Feature`.

    Its entries hold `windows`, float32 (W, C, k), the tail window last; `starts`, the first frame
    of each window, int64 (W,); `references`, the frame whose face it was measured on, int64 (W,),
    or `NO_FACE`; `boxes`, the face crop in that frame as top, bottom, left, right, int64 (W, 4).

    Args:
        k: frames per window, even.
        rois: what is measured: the name of a known set (`metst.features.roi_flow.rois`), or the
            import path of a `RoiSet`, `package.module.NAME`.
        detector: finds the faces: an object, or the name of a known one (`metst.video.detectors`).
        method: how it is measured; what is not as released is a parameter.

    Raises:
        ConfigError: there is no such set or detector.
    """

    def __init__(
        self,
        k: int,
        rois: str = "me_tst",
        detector: LandmarkDetector | str | None = DEFAULT,
        method: Method = RELEASED,
    ) -> None:
        self.k, self.rois, self.method = k, roi_set(rois), method
        self.detector: LandmarkDetector = (
            face_detector(detector) if isinstance(detector, str | None) else detector
        )

    @property
    def channels(self) -> int:
        """Number of channels C, two per ROI."""
        return self.rois.channels

    @property
    def spec(self) -> FeatureSpec:
        """Name of the features in the store: everything that changes their numbers."""
        parameters = {
            "k": self.k,
            "detector": self.detector.name,
            "opencv": cv2.__version__,
            "rois": asdict(self.rois),
            **self.method.changes,
        }
        return FeatureSpec("roi_flow", VERSION, parameters, label=f"k{self.k}")

    def measure(self, frames: Sequence[Path]) -> Entry:
        """Flow windows of one video.

        Raises:
            VideoError: no image can be read, or no window has a face.
        """
        source = RepairedFrames(ImageFolder(frames))
        starts = window_starts(len(source), self.k, tail=True)  # (W,)
        measured = iter_windows(
            source, starts, self.k, self.detector, self.rois, method=self.method
        )
        windows = list(measured)
        check_faces(source, windows)
        references = [NO_FACE if w.reference is None else w.reference for w in windows]
        boxes = [w.face.box if w.face else (0, 0, 0, 0) for w in windows]
        return flow_entry(
            stack([w.features for w in windows], self.rois, self.k),
            starts,
            np.array(references, np.int64),
            np.array(boxes, np.int64).reshape(-1, 4),
            frames=len(source),
            findings=(*source.remarks, *faceless(frames, windows), *_short(frames, self.k)),
        )


def flow_entry(
    windows: NDArray[np.float32],
    starts: NDArray[np.int64],
    references: NDArray[np.int64],
    boxes: NDArray[np.int64],
    frames: int,
    findings: tuple[Remark, ...] = (),
) -> Entry:
    """An entry of ROI flow; the arrays are those of `RoiFlow`."""
    over_windows = {"starts": starts, "references": references, "boxes": boxes}
    return Entry({"windows": windows, **over_windows}, frames, findings)


def faceless(frames: Sequence[Path], windows: Sequence[Window]) -> list[Remark]:
    """Windows that begin without a face."""
    elsewhere = [w.start for w in windows if w.reference not in (w.start, None)]
    nowhere = [w.start for w in windows if w.reference is None]
    messages = {"another frame with a face is used": elsewhere, "their flow is zero": nowhere}
    return [
        (
            "no-face",
            f"no face in the first frame of {len(starts)} of {len(windows)} windows "
            f"({_names(frames, starts)}); {consequence}",
        )
        for consequence, starts in messages.items()
        if starts
    ]


def _names(frames: Sequence[Path], starts: Sequence[int]) -> str:
    """Some of the image names of frames, which carry the data set's own numbers."""
    names = [frames[start].name for start in starts[:NAMES_SHOWN]]
    return ", ".join(names) + (", ..." if len(starts) > NAMES_SHOWN else "")


def _short(frames: Sequence[Path], k: int) -> list[Remark]:
    if len(frames) >= k:
        return []
    few = f"has {len(frames)} frames, fewer than one window of {k}; nothing is spotted in it"
    return [("short-video", few)]
