"""The last frames of a stream; one is analyzed when those came that smooth its landmarks."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from metst.features.roi_flow.crop import Face, FaceFinder
from metst.video import ArrayFrames, Frame
from metst.video.face import LandmarkDetector


@dataclass(frozen=True)
class Surrounded:
    """A frame (H, W) among those around it.

    Attributes:
        frames: it and its neighbours without a gap, in the order of time.
        place: which of them it is.
    """

    frames: tuple[Frame, ...]
    place: int

    @property
    def frame(self) -> Frame:
        """The frame itself."""
        return self.frames[self.place]

    def face(self, detector: LandmarkDetector, smooth: int) -> Face | None:
        """Its face, or None; see `FaceFinder`."""
        finder = FaceFinder(ArrayFrames(np.stack(self.frames)), detector, smooth=smooth)
        found = finder.find(self.place, within=1)
        return found[1] if found else None


class Recent:
    """Frames of a shot; a dropped one is None, and ends what surrounds a frame.

    Args:
        smooth: most frames on either side of one.
    """

    def __init__(self, smooth: int) -> None:
        self.smooth = smooth
        self._before: deque[Frame | None] = deque(maxlen=smooth)
        self._coming: deque[Frame | None] = deque()

    def __len__(self) -> int:
        """Frames that came and were not taken."""
        return len(self._coming)

    def add(self, frame: Frame | None) -> None:
        """The next frame has come."""
        self._coming.append(frame)

    def take(self) -> Surrounded | None:
        """The first that was not taken, with the frames around it; None where it was dropped."""
        frame = self._coming.popleft()
        before = _unbroken(reversed(self._before))[::-1]
        self._before.append(frame)
        if frame is None:
            return None
        behind = _unbroken(self._coming)[: self.smooth]
        return Surrounded((*before, frame, *behind), len(before))


def _unbroken(frames: Iterable[Frame | None]) -> list[Frame]:
    """The frames before the first that was dropped."""
    found: list[Frame] = []
    for frame in frames:
        if frame is None:
            break
        found.append(frame)
    return found
