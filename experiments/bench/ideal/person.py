"""How the points of one person's ROIs move with face units and with the head, to first order.

Shapes: T frames of a video, U face units, P points.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.bench.ideal.kernels import window_motions
from experiments.bench.ideal.points import Floats, Points, face_at, points, rest
from metst.datasets.heads.render.figure import Figure, Moment
from metst.datasets.heads.script.head import DEGREE

UNIT_STEP: Final = 0.25
"""Intensity at which the motion of a face unit is taken, that of the median ME."""

POSE_STEP: Final = np.array([2 * DEGREE] * 3 + [0.05] * 3)
"""Turns, rad, and shifts, distances of the eyes, in which the motion of the head is taken."""


@dataclass(frozen=True)
class Person:
    """The ROIs of one person, seen from the front at rest.

    Attributes:
        points: of the skin.
        by: (U + 6, P, 2) motion, crop pixels, per face unit and component of the pose.
    """

    points: Points
    by: Floats

    def places(self, units: Floats, pose: Floats) -> Floats:
        """Places (T, P, 2), crop pixels, from the intensities (T, U) and the pose (T, 6)."""
        moved = np.concatenate([units, pose], axis=1)  # (T, U + 6)
        flat = self.by.reshape(len(self.by), -1)
        used = np.flatnonzero(moved.any(axis=0))
        places: Floats = moved[:, used] @ flat[used]
        return places.reshape(len(moved), -1, 2)


def person(figure: Figure) -> Person:
    """The ROIs of the person before a camera."""
    nothing = rest()
    places = figure.places(figure.vertices(nothing))
    shown = points(figure, places, face_at(figure, places))

    def moved(moment: Moment) -> Floats:
        return shown.places(figure.places(figure.vertices(moment)))

    by = []
    for unit in np.eye(len(nothing.units), dtype=np.float32) * np.float32(UNIT_STEP):
        by.append((moved(replace(nothing, units=unit)) - moved(nothing)) / UNIT_STEP)
    for step, pose in zip(POSE_STEP, np.diag(POSE_STEP).astype(np.float32), strict=True):
        both = [moved(replace(nothing, pose=sign * pose)) for sign in (-1, 1)]
        by.append((both[1] - both[0]) / (2 * step))
    return Person(shown, np.stack(by).astype(np.float32))


def measure(
    shown: Points, places: Floats, starts: NDArray[np.int64], k: int
) -> tuple[Floats, Floats]:
    """Windows of motion as the feature measures them, but exactly.

    Args:
        shown: what `places` are of.
        places: (T, P, 2) in crop pixels.
        starts: (W,) first frame of each window.
        k: frames of a window.

    Returns:
        Motion (W, C, k) of the ROIs, the reference's subtracted, and that (W, 2, k) of the
        reference; crop pixels.
    """
    rois = len(shown.shares) - 1
    motions = np.zeros((len(starts), rois, 2, k), np.float32)
    heads = np.zeros((len(starts), 2, k), np.float32)
    window_motions(places, shown.first, shown.shares, starts, motions, heads)
    return motions.reshape(len(starts), 2 * rois, k), heads
