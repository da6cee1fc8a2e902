"""Flow windows of a video: what the network reads (ME-TST, section III-B).

Legend: T frames, H x W pixels, W windows, C channels, k frames per window.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from metst.base.errors import VideoError
from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.crop import Face, FaceFinder
from metst.features.roi_flow.engines import Engine, measure
from metst.features.roi_flow.rois import ME_TST_ROIS, RoiSet
from metst.features.roi_flow.track import Features, Track
from metst.features.windows import window_starts
from metst.video import ArrayFrames, Frame, FrameSource
from metst.video.face import DlibDetector, LandmarkDetector, Landmarks


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
    engine: Engine = "auto",
    reach: int | None = None,
) -> Iterator[Window]:
    """Measure windows of a video one after the other.

    At most k + 1 frames are in memory; where a GPU measures several windows at once, those of two
    blocks of windows (`metst.features.roi_flow.batch`).

    Args:
        source: the video.
        starts: first frames of the windows, ascending.
        k: frames per window.
        detector: finds the face, once per window.
        rois: what is measured.
        engine: what computes the flow; numbers agree to rounding.
        reach: how far from a window's first frame a face is sought, see `FaceFinder`.

    Raises:
        VideoError: a frame cannot be read.
    """
    tracks = _tracks(source, [int(start) for start in starts], k, detector, reach)
    for track, features in measure(tracks, rois, engine):
        yield Window(track.start, features, track.origin, track.face)


def _tracks(
    source: FrameSource,
    starts: Sequence[int],
    k: int,
    detector: LandmarkDetector,
    reach: int | None,
) -> Iterator[Track]:
    """The frames of each window and the face in them; read in the order of time."""
    recent = _RecentFrames(source)
    finder = FaceFinder(recent, detector, reach)
    for start in starts:
        recent.forget_before(start)
        recent.keep(start)
        origin, face = finder.find(start) or (None, None)
        first = recent.read(start if origin is None else origin)
        others = (recent.keep(i) for i in range(start + 1, start + k))
        yield Track(start, k, origin, face, first, others)


def extract_windows(
    frames: Frame,
    k: int,
    landmarks: Landmarks | None = None,
    boxes: NDArray[np.int64] | None = None,
    detector: LandmarkDetector | None = None,
    engine: Engine = "auto",
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
        engine: what computes the flow.

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
        windows = list(iter_windows(source, starts, k, detector or DlibDetector(), engine=engine))
        check_faces(source, windows)
        return stack([w.features for w in windows], ME_TST_ROIS, k)
    faces = _given_faces(landmarks, boxes, len(starts), frames.shape[1:])
    tracks = (
        Track(s, k, s, face, frames[s], list(frames[s + 1 : s + k]))
        for s, face in zip(starts.tolist(), faces, strict=True)
    )
    measured = measure(tracks, ME_TST_ROIS, engine)
    return stack([features for _, features in measured], ME_TST_ROIS, k)


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
