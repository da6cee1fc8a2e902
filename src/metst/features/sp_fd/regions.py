"""Motion of small regions around landmarks in a flow field.

Shapes: H x W pixels, M regions, P pixels of one.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metst.video.face import Landmarks

LANDMARKS = (18, 19, 20, 23, 24, 25, 30, 48, 51, 54, 57, 28)
"""Middles of the regions; the last one is the head's."""

SIDE = 16
"""Side of a region, in pixels."""

SECTORS = 6
"""Directions, as in the release: from 0 to 60 degrees and so on, from -180 to -120 and so on."""


class Faults(NamedTuple):
    """Faults of the released code; true where it has them.

    Attributes:
        transposed: rows and columns of the regions are exchanged.
        summed: the first pixel of the head's region holds the sum of all its vectors.
    """

    transposed: bool = False
    summed: bool = False


def motions(
    flow: NDArray[np.floating], points: Landmarks, faults: Faults
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Motion (M, 2) of each region as length and angle (radians), and of the head (2,) as x and y.

    Args:
        flow: displacement (H, W, 2) in pixels.
        points: middles of the regions (M, 2) as x and y, the head's last.
        faults: that are reproduced.
    """
    field: NDArray[np.float64] = flow.astype(np.float64)
    places = [_place(x, y, faults.transposed) for x, y in points.tolist()]
    head = field[places[-1]]
    total = head.sum((0, 1))
    length = np.linalg.norm(total)
    mean = np.linalg.norm(head, axis=2).mean() if head.size else 0.0
    motion = total / length * mean if length > 0 else np.zeros(2)
    if faults.summed and head.size:
        head[0, 0] = total
    field -= motion
    return np.array([_main(field[place].reshape(-1, 2)) for place in places]), motion


def _place(x: float, y: float, transposed: bool) -> tuple[slice, slice]:
    """Rows and columns of a region; of one beyond the image the part inside."""
    starts = (x, y) if transposed else (y, x)
    top, left = (int(start) - SIDE // 2 for start in starts)
    return slice(max(0, top), max(0, top + SIDE)), slice(max(0, left), max(0, left + SIDE))


def _main(vectors: NDArray[np.float64]) -> tuple[float, float]:
    """Mean length of the vectors (P, 2) in the sector that moves most, and where it moves."""
    lengths = np.linalg.norm(vectors, axis=1)
    degrees = np.degrees(np.arctan2(vectors[:, 1], vectors[:, 0]))
    sector = np.floor(degrees / 60).astype(int) % SECTORS
    sums = np.bincount(sector, lengths, SECTORS)
    if not sums.any():
        return 0.0, 0.0
    chosen = sector == sums.argmax()
    x, y = vectors[chosen].sum(0)
    return float(lengths[chosen].mean()), float(np.arctan2(y, x))
