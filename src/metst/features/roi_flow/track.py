"""What is measured: frames on which one face is followed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from metst.features.roi_flow.crop import Face
from metst.features.roi_flow.rois import RoiSet
from metst.video import Frame

Features = NDArray[np.float32]
"""Motion (C, k) of one track, or (W, C, k), in crop pixels; column 0 is zero."""


@dataclass(frozen=True)
class Track:
    """Some successive frames of a video.

    Attributes:
        start: number of the first one.
        length: how many they are (k).
        origin: the frame in which the face was found; None where it was in none.
        face: the face in that frame.
        first: the image (H, W) that flow is measured from.
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
