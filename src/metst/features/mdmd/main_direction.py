"""The main directional maximal difference of two flow fields.

Shapes: H x W pixels, B blocks along each side, P pixels of a block.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Flow = NDArray[np.floating]
"""Flow field (H, W, 2): displacement x and y of each pixel, in pixels."""

BLOCKS = 6
"""Blocks along each side of a face (B)."""

QUARTERS = (0, 90), (90, 180), (-180, -90), (-90, 0)
"""The directions, in degrees from the y axis, without the second one of each."""


def main_difference(before: Flow, after: Flow, *, half_angles: bool, blocks: int = BLOCKS) -> float:
    """How much longer the vectors of the main directions are in one field than in another.

    Per block of pixels, of those in the direction that most vectors have the third with the largest
    difference in length is averaged; of the blocks, the third with the largest averages.

    Args:
        before: flow from a frame to the one that is described.
        after: flow from the same frame to one as much later.
        half_angles: directions follow from x / y, so that opposite ones are one and two of the four
            quarters stay empty (released code).
        blocks: along each side (B).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        x, y = before[..., 0].astype(np.float64), before[..., 1].astype(np.float64)
        angle = np.degrees(np.arctan(x / y) if half_angles else np.arctan2(x, y))  # (H, W)
    moves = (x != 0) | (y != 0)
    longer = np.hypot(x, y) - np.hypot(*np.moveaxis(after.astype(np.float64), 2, 0))
    rows = zip(_blocks(angle, blocks), _blocks(longer, blocks), _blocks(moves, blocks), strict=True)
    values = [_of_block(a[m], d[m]) for a, d, m in rows]
    return _largest(np.array(values))


def _of_block(angle: NDArray[np.float64], longer: NDArray[np.float64]) -> float:
    """Of the pixels (P,) that move: the mean difference of the third with the largest ones."""
    quarters = [(first <= angle) & (angle < end) for first, end in QUARTERS]
    return _largest(longer[max(quarters, key=np.count_nonzero)])


def _largest(values: NDArray[np.float64]) -> float:
    """Mean of the largest third; 0 of less than two values (NaN in the released code)."""
    count = int(len(values) / 3 + 0.5)
    return float(np.sort(values)[-count:].mean()) if count else 0.0


def _blocks(image: NDArray[Any], blocks: int) -> Iterator[NDArray[Any]]:
    """Pixels (P,) of each block of an image (H, W); a rest of rows and columns is left out."""
    height, width = (side // blocks for side in image.shape)
    for row in range(blocks):
        for column in range(blocks):
            part = image[row * height : (row + 1) * height, column * width : (column + 1) * width]
            yield part.ravel()
