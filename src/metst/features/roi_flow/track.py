"""What is measured: frames on which one face is followed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from metst.features.roi_flow.crop import Face
from metst.features.roi_flow.rois import RoiSet
from metst.video import Frame

Features = NDArray[np.float32]
"""Motion (C, k) of one track, or (W, C, k), in crop pixels; column 0 is zero."""

Reference = Literal["window", "previous"]
"""What the flow of a frame is measured from: the first frame of its window, as the authors'
released code does, or the frame before it, added up.

Added up, flow takes two thirds of the time and is smoother, but drifts: after a blink it does not
come back to where it was."""


@dataclass(frozen=True)
class Track:
    """Some successive frames of a video.

    Attributes:
        start: number of the first one.
        length: how many they are (k).
        origin: the frame in which the face was found; None where it was in none.
        face: the face in that frame.
        first: the image (H, W) that flow is measured from first.
        frames: the other length - 1 images; may be readable once only.
    """

    start: int
    length: int
    origin: int | None
    face: Face | None
    first: Frame
    frames: Iterable[Frame]

    def read(self) -> "Track":
        """The same with all images in memory."""
        return replace(self, frames=list(self.frames))


def still(track: Track, rois: RoiSet) -> Features:
    """The motion (C, k) of a track without a face."""
    return np.zeros((rois.channels, track.length), np.float32)
