"""Flow windows of a video: what the network reads (ME-TST, section III-B).

Legend: T frames, H x W pixels, W windows, C channels, k frames per window.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from metst.base.errors import VideoError
from metst.features.roi_flow.crop import Face, FaceFinder
from metst.features.roi_flow.engines import Engine, measure
from metst.features.roi_flow.method import RELEASED, Method
from metst.features.roi_flow.rois import ME_TST_ROIS, RoiSet
from metst.features.roi_flow.track import Features, Track
from metst.video import Frame, FrameSource
from metst.video.face import LandmarkDetector


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
    method: Method = RELEASED,
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
        method: how it is measured.

    Raises:
        VideoError: a frame cannot be read.
    """
    recent = _RecentFrames(source)
    finder = FaceFinder(recent, detector, reach, method.smooth)
    tracks = _tracks(recent, finder, [int(start) for start in starts], k, rois.own_face)
    for track, features in measure(tracks, rois, engine, method):
        late = k - track.length  # frames before the face of the window
        whole = np.pad(features, ((0, 0), (late, 0)))
        yield Window(track.start - late, whole, track.origin, track.face)


def _tracks(
    recent: "_RecentFrames",
    finder: FaceFinder,
    starts: Sequence[int],
    k: int,
    own_face: bool,
) -> Iterator[Track]:
    """The frames of each window, or its rest from its own face on; read in the order of time."""
    for start in starts:
        recent.forget_before(start - finder.smooth)
        for i in range(start, min(start + finder.smooth + 1, len(recent))):
            recent.keep(i)
        origin, face = finder.find(start, k if own_face else None) or (None, None)
        first = start if origin is None else origin
        begin = first if own_face else start
        others = (recent.keep(i) for i in range(begin + 1, start + k))
        yield Track(begin, start + k - begin, origin, face, recent.read(first), others)


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
