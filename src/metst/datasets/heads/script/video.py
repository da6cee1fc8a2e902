"""What happens in one video: the contract between those who write scripts and the camera.

Shapes: T own frames of the video, U units (`metst.datasets.heads.units.UNITS`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metst.datasets.conditions import Activity
from metst.datasets.labels.records import Expression

Curves = NDArray[np.float32]


@dataclass(frozen=True)
class Camera:
    """How the scene is recorded.

    Attributes:
        noise: standard deviation of the sensor noise at mid grey, grey levels.
        blur: exposure time as a share of the time between two frames.
        jpeg: quality of the stored images.
        h264: constant rate factor of an H.264 recording before, None for none.
        kept: (T,) frame of the scene that each frame shows: repeated and dropped frames.
    """

    noise: float
    blur: float
    jpeg: int
    h264: int | None
    kept: NDArray[np.int32]


@dataclass(frozen=True)
class VideoScript:
    """One video of one subject.

    Attributes:
        subject: folder name of the subject.
        video: folder name of the video.
        groups: what is special about it: `speech`, `compression`, `motion`, `identity`.
        expressions: MEs, MaEs and blinks in own frame numbers, by onset; annotated as they are.
        activities: what else happens: what false alarms may lie over.
        units: intensities (T, U), 0 at rest, 1 for the full unit.
        gaze: (T, 2) turn of the eyes to the subject's left and up, rad.
        pose: (T, 6) turn about the vertical (yaw), the transverse (pitch) and the line of sight
            (roll), rad; shift right, up and toward the camera, in distances of the eyes.
        light: (T, 3) brightness (1: as usual), and the turn of the main light about the vertical
            and the transverse axis, rad.
        occluder: (T, 3) middle (x, y) and radius of something in front of the face, in distances
            of the eyes from the middle of the face; radius 0 where there is nothing.
        camera: how it is recorded.
    """

    subject: str
    video: str
    groups: tuple[str, ...]
    expressions: tuple[Expression, ...]
    activities: tuple[Activity, ...]
    units: Curves
    gaze: Curves
    pose: Curves
    light: Curves
    occluder: Curves
    camera: Camera

    @property
    def frames(self) -> int:
        """Number of own frames T."""
        return len(self.units)
