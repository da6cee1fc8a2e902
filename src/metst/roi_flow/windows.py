"""Flow windows of a video: what the network reads (ME-TST, section III-B).

Legend: T frames, H x W pixels, W windows, C channels, k frames per window.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from metst.errors import VideoError
from metst.face import DlibDetector, LandmarkDetector, Landmarks
from metst.roi_flow.boxes import Box
from metst.roi_flow.crop import Face, FaceFinder
from metst.roi_flow.curve import displacement_curve
from metst.roi_flow.rois import ME_TST_ROIS, RoiSet
from metst.video import ArrayFrames, Frame, FrameSource
from metst.windows import window_starts

Features = NDArray[np.float32]
"""Flow of windows (W, C, k) or of one (C, k), in crop pixels; column 0 is zero."""


class NoFaceError(VideoError):
    """A video in which no window has a face to measure."""


@dataclass(frozen=True)
class Window:
    """One measured window.

    Attributes:
        start: its first frame.
        features: flow (C, k), in crop pixels; zero where no face was found.
        reference: the frame that crop, landmarks and reference image come from: `start`, or the
            nearest searched one that shows a face; None where none does.
        face: the face in that frame.
    """

    start: int
    features: Features
    reference: int | None
    face: Face | None


def iter_windows(
    source: FrameSource,
    starts: Iterable[int],
    k: int,
    detector: LandmarkDetector,
    rois: RoiSet = ME_TST_ROIS,
) -> Iterator[Window]:
    """Measure windows of a video one after the other, with at most k + 1 frames in memory.

    Args:
        source: the video.
        starts: first frames of the windows, ascending.
        k: frames per window.
        detector: finds the face, once per window.
        rois: what is measured.

    Raises:
        VideoError: a frame cannot be read.
    """
    recent = _RecentFrames(source)
    finder = FaceFinder(recent, detector)
    for start in map(int, starts):
        recent.forget_before(start)
        recent.keep(start)
        found = finder.find(start)
        if found is None:
            features = np.zeros((rois.channels, k), np.float32)
            yield Window(start, features, None, None)
            continue
        index, face = found
        reference = recent.read(index)
        frames = (recent.keep(i) for i in range(start + 1, start + k))
        features = displacement_curve(reference, frames, k, face, rois)
        yield Window(start, features, index, face)


def extract_windows(
    frames: Frame,
    k: int,
    landmarks: Landmarks | None = None,
    boxes: NDArray[np.int64] | None = None,
    detector: LandmarkDetector | None = None,
) -> Features:
    """Flow windows of a video in memory, at the regular starts 0, k/2, k, ...

    Args:
        frames: uint8 (T, H, W), grey.
        k: frames per window, even.
        landmarks: (W, 68, 2) as (x, y) in the face crop of each window's first frame; detected
            where not given.
        boxes: (W, 4) face crop of each window as top, bottom, left, right in the full frame; given
            if and only if landmarks are.
        detector: used where landmarks and boxes are not given; default dlib.

    Returns:
        float32 (W, C, k), in crop pixels. W is 0 for videos shorter than k.

    Raises:
        NoFaceError: no window has a face.
        ValueError: frames are not grey images, or landmarks and boxes do not fit the windows.
    """
    if frames.ndim != 3 or frames.dtype != np.uint8:  # (T, H, W)
        msg = f"expected grey frames uint8 (T, H, W), found {frames.dtype} {frames.shape}"
        raise ValueError(msg)
    starts = window_starts(len(frames), k, tail=False)  # (W,)
    if landmarks is None and boxes is None:
        source = ArrayFrames(frames)
        windows = list(iter_windows(source, starts, k, detector or DlibDetector()))
        check_faces(source, windows)
        return stack([w.features for w in windows], ME_TST_ROIS, k)
    faces = _given_faces(landmarks, boxes, len(starts), frames.shape[1:])
    curves = [
        displacement_curve(frames[s], frames[s + 1 : s + k], k, face, ME_TST_ROIS)
        for s, face in zip(starts.tolist(), faces, strict=True)
    ]
    return stack(curves, ME_TST_ROIS, k)


def _given_faces(
    landmarks: Landmarks | None,
    boxes: NDArray[np.int64] | None,
    windows: int,
    shape: tuple[int, ...],
) -> list[Face]:
    """Faces of all windows from the arguments of `extract_windows`, checked."""
    if landmarks is None or boxes is None or not windows == len(landmarks) == len(boxes):
        shapes = [None if a is None else a.shape for a in (landmarks, boxes)]
        msg = f"expected landmarks and boxes of {windows} windows, found shapes {shapes}"
        raise ValueError(msg)
    faces = [Face(Box(*box.tolist()), points) for box, points in zip(boxes, landmarks, strict=True)]
    outside = [tuple(face.box) for face in faces if face.box.clip(*shape).empty]
    if outside:
        msg = f"expected boxes (top, bottom, left, right) with pixels of the frame, found {outside}"
        raise ValueError(msg)
    return faces


def stack(windows: Sequence[Features], rois: RoiSet, k: int) -> Features:
    """Windows (C, k) as one array (W, C, k), also where there are none."""
    return np.stack(windows) if windows else np.zeros((0, rois.channels, k), np.float32)


def check_faces(source: FrameSource, windows: Sequence[Window]) -> None:
    """Raise `NoFaceError` if there are windows, and none has a face."""
    if windows and all(window.face is None for window in windows):
        msg = (
            f"no face found in {len(source)} frames; the video cannot be analyzed "
            "(frontal faces of about 80 pixels and more are found)"
        )
        raise NoFaceError(source.path, msg)


class _RecentFrames:
    """Frames of a source that the next window will ask for again are read once."""

    def __init__(self, source: FrameSource) -> None:
        self.source = source
        self._kept: dict[int, Frame] = {}

    @property
    def path(self) -> Path:
        return self.source.path

    def __len__(self) -> int:
        return len(self.source)

    def forget_before(self, start: int) -> None:
        self._kept = {i: frame for i, frame in self._kept.items() if i >= start}

    def read(self, index: int) -> Frame:
        kept = self._kept.get(index)
        return self.source.read(index) if kept is None else kept

    def keep(self, index: int) -> Frame:
        self._kept[index] = frame = self.read(index)
        return frame
