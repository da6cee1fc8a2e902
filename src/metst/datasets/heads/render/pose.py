"""Turns of head and eyes."""

from math import cos, sin

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.rounding import stepped

Floats = NDArray[np.float32]

LOOKS = tuple(
    f"eyeLook{way}{side}" for way in ("Up", "Down", "In", "Out") for side in ("Left", "Right")
)
"""Units that lids follow the eyes with."""

FULL_LOOK = 0.6
"""Turn of an eye, rad, at which its lids have moved by the full unit."""


def rotation(pose: Floats) -> Floats:
    """Rotation matrix (3, 3) of a pose: roll, then pitch, then yaw; pitch up is positive."""
    yaw, pitch, roll = (float(angle) for angle in pose[:3])
    (cy, sy), (cp, sp), (cr, sr) = ((cos(a), sin(a)) for a in (yaw, pitch, roll))
    matrix = [
        [cy * cr - sy * sp * sr, -cy * sr - sy * sp * cr, sy * cp],
        [cp * sr, cp * cr, sp],
        [-sy * cr - cy * sp * sr, sy * sr - cy * sp * cr, cy * cp],
    ]
    return stepped(np.array(matrix))


def sight(gaze: Floats, pose: Floats) -> Floats:
    """Direction (2, 3) of either eye; they are parallel."""
    left, up = (float(angle) for angle in gaze)
    ahead = np.array([sin(left) * cos(up), sin(up), cos(left) * cos(up)])
    turned = (rotation(pose) * ahead).sum(axis=1)
    return np.stack([turned, turned]).astype(np.float32)


def looks(gaze: Floats) -> Floats:
    """Shares (8,) of the units `LOOKS`; looking to the left turns the left eye out."""
    left, up = (float(angle) / FULL_LOOK for angle in gaze)
    shares = [max(up, 0)] * 2 + [max(-up, 0)] * 2
    shares += [max(-left, 0), max(left, 0), max(left, 0), max(-left, 0)]
    return np.array(shares, np.float32)
