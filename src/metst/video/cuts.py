"""Cuts between shots: no flow may be measured across them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.video import Frame

SIDE = 32
"""Side of the image that is compared, in pixels: small movements hardly change it."""

LEAST = 2.0
"""Mean change of a cut in grey levels, at least."""

FACTOR = 6.0
"""How much more a cut changes than the frames around it usually do."""

AROUND = 12
"""Frames before and after that show what is usual."""


def thumbnail(frame: Frame) -> NDArray[np.float32]:
    """A frame as `SIDE` x `SIDE` grey levels."""
    return cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)


def find_cuts(changes: NDArray[np.float64]) -> tuple[int, ...]:
    """Frames that begin a new shot.

    Head motion lasts for several frames and raises what is usual (`is_cut`); an ME changes a small
    part of the picture. Slow fades are no cuts.

    Args:
        changes: (n,) mean absolute change of each frame's thumbnail; 0 for frame 0.
    """
    cuts: list[int] = []
    for frame in np.flatnonzero(changes >= LEAST).tolist():
        before = changes[max(1, frame - AROUND) : frame]
        after = changes[frame + 1 : frame + 1 + AROUND]
        if frame and is_cut(changes[frame], np.concatenate([before, after])):
            cuts.append(frame)
    return tuple(cuts)


def is_cut(change: float, near: NDArray[np.float64]) -> bool:
    """Whether a frame changes by `LEAST`, and `FACTOR` times what frames near it usually do.

    Frames that do not change at all are repeated ones, and do not show what is usual.
    """
    moving = near[near > 0]
    usual = float(np.median(moving)) if len(moving) else 0.0
    return bool(change >= LEAST and change >= FACTOR * usual)
