"""Flow windows of every shot of a video."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from metst.labels import Recording, Timebase
from metst.predict.clip import Clip, Survey
from metst.predict.faces import FollowedFace
from metst.predict.model import About
from metst.progress import Advance
from metst.roi_flow import Window, iter_windows
from metst.windows import window_starts


@dataclass(frozen=True)
class Shot:
    """Frames between two cuts, measured.

    Attributes:
        first: its first frame among the sampled ones of the video.
        recording: its name and length, for the stages after.
        windows: the tail window last; none in a shot shorter than a window.
    """

    first: int
    recording: Recording
    windows: tuple[Window, ...]

    def seen(self, k: int) -> NDArray[np.bool_]:
        """Frames (L,) in a window that begins with a face or finds one in itself."""
        seen = np.zeros(self.recording.frames, bool)
        for window in self.windows:
            if has_face(window, k):
                seen[window.start : window.start + k] = True
        return seen


def has_face(window: Window, k: int) -> bool:
    """Whether a window was measured on a face of its own time, not on one of long before."""
    return window.reference is not None and abs(window.reference - window.start) < k


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
        indices: frames of the video that are measured, see `metst.predict.clip.sampled`.
        about: window and reference of the network.
        detector: follows one face within a shot.
        advance: told of measured frames.
    """
    name = survey.path.name
    for first, last in _bounds(survey.cuts, indices):
        own = indices[first:last]
        clip = Clip(survey.path, own)
        recording = Recording(about.name, name, len(own), Timebase(about.fps))
        starts = window_starts(len(own), about.k, tail=True)
        detector.new_shot()
        windows: list[Window] = []
        measured = 0
        for window in iter_windows(clip, starts, about.k, detector, reference=about.reference):
            windows.append(window if has_face(window, about.k) else _still(window))
            end = window.start + about.k
            advance(max(0, end - measured))
            measured = max(measured, end)
        advance(len(own) - measured)
        yield Shot(first, recording, tuple(windows))


def _bounds(cuts: Sequence[int], indices: NDArray[np.int64]) -> list[tuple[int, int]]:
    """First and behind the last place in `indices` of every shot that has one."""
    places = np.searchsorted(indices, cuts).tolist()
    return [(a, b) for a, b in pairwise([0, *places, len(indices)]) if b > a]


def _still(window: Window) -> Window:
    """Nothing is known to move where no face is seen."""
    return Window(window.start, np.zeros_like(window.features), None, None)
