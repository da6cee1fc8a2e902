"""Flow windows of every shot of a video."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from metst.base.progress import Advance
from metst.datasets.labels import Recording, Timebase
from metst.features.followed_face import FollowedFace
from metst.features.roi_flow import Window, iter_windows
from metst.features.windows import window_starts
from metst.predict.model import About
from metst.video import Frame
from metst.video.clip import Clip, Survey


@dataclass(frozen=True)
class Shot:
    """Frames between two cuts, measured.

    Attributes:
        first: its first frame among the sampled ones of the video.
        recording: its name and length, for the stages after.
        seen: (L,) whether a face was looked at in a frame.
        short: whether it is too short for anything to be spotted in it.
        windows: of networks that read ROI flow; the tail window last.
    """

    first: int
    recording: Recording
    seen: NDArray[np.bool_]
    short: bool
    windows: tuple[Window, ...] = ()


def shots(
    survey: Survey,
    indices: NDArray[np.int64],
    about: About,
    detector: FollowedFace,
    advance: Advance,
) -> Iterator[Shot]:
    """Measure shot after shot.

    Args:
        survey: of the video.
        indices: frames of the video that are measured, see `metst.video.times.sampled`.
        about: window of the network.
        detector: follows one face within a shot.
        advance: called with the number of newly measured frames.
    """
    clip = Clip(survey.video, indices)
    for first, last in bounds(survey.cuts, indices):
        shot = Part(clip, first, last - first)
        recording = Recording(about.name, survey.path.name, len(shot), Timebase(about.fps))
        starts = window_starts(len(shot), about.k, tail=True)
        detector.new_shot()
        windows: list[Window] = []
        measured = 0
        # A face of another time would give the motion of another time.
        for window in iter_windows(
            shot, starts, about.k, detector, about.rois, reach=about.k, method=about.method
        ):
            windows.append(window)
            end = window.start + about.k
            advance(end - measured)
            measured = end
        advance(len(shot) - measured)
        seen = np.zeros(len(shot), bool)
        for window in windows:
            begin = window.reference if about.rois.own_face else window.start
            if window.face is not None:
                seen[begin : window.start + about.k] = True
        yield Shot(first, recording, seen, not windows, tuple(windows))


class Part:
    """Some successive frames of a clip; a `metst.video.FrameSource`."""

    def __init__(self, clip: Clip, first: int, length: int) -> None:
        self.path, self._clip, self._first, self._length = clip.path, clip, first, length

    def __len__(self) -> int:
        return self._length

    def read(self, index: int) -> Frame:
        """A frame, counted from the first of these."""
        return self._clip.read(self._first + index)


def bounds(cuts: Sequence[int], indices: NDArray[np.int64]) -> list[tuple[int, int]]:
    """First and behind the last place in `indices` of every shot that has one."""
    places = np.searchsorted(indices, cuts).tolist()
    return [(a, b) for a, b in pairwise([0, *places, len(indices)]) if b > a]
