"""Dense flow between two small grey patches (Farnebäck 2003), and its summary in one vector.

The numbers are those of OpenCV's `calcOpticalFlowFarneback`, bit for bit, in half the time: the
patch that all others are compared with is expanded once.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.roi_flow.expansion import expand as expand_level
from metst.roi_flow.refinement import refine
from metst.video import Frame

Flow = NDArray[np.float32]
"""Flow field (2, H, W): displacement x and y of each pixel, in pixels."""

Pyramid = list[NDArray[np.float32]]
"""Expansions (5, H, W) of a patch at falling scales; the last entry is the patch's own scale."""

# Parameters of the authors' released code, beside those of `expansion` and `refinement`.
PYRAMID_SCALE = 0.5
LEVELS = 3
ITERATIONS = 5

SMALLEST_LEVEL = 32
"""Least side of a level, in pixels (OpenCV)."""

BORDER = np.array([0.14, 0.14, 0.4472, 0.4472, 0.4472], np.float32)
"""Weight of the pixels 0, 1, ... from the border of a patch (OpenCV)."""


def expand(patch: Frame) -> Pyramid:
    """All that flow from or to a patch (H, W) needs to know of it."""
    grey = patch.astype(np.float32)
    return [_expand_level(grey, PYRAMID_SCALE**level) for level in range(_levels(patch), -1, -1)]


def farneback(first: Pyramid, second: Pyramid) -> Flow:
    """Flow (2, H, W) that takes the first patch to the second one, both of the same size.

    It is zero for patches of a single row or column, which have no gradient across.
    """
    flow = np.zeros((2, *first[0].shape[1:]), np.float32)
    for one, two in zip(first, second, strict=True):
        height, width = one.shape[1:]
        flow = _enlarge(flow, height, width)
        if min(height, width) < 2:
            continue
        refine(one, two, _border_weights(height, width), flow, ITERATIONS)
    return flow


def top_mean(flow: Flow, share: float) -> NDArray[np.float64]:
    """Mean (x, y) of the longest vectors of a flow field (2, H, W).

    Of n vectors in the order of length, those from number int(n (1 - share)) on are averaged. A
    field without vectors has mean 0.
    """
    x, y = flow.reshape(2, -1)  # (n,) each
    if len(x) == 0:
        return np.zeros(2)
    first = int(len(x) * (1 - share))
    longest = np.argpartition(x * x + y * y, first)[first:]
    return np.array([x[longest].mean(dtype=np.float64), y[longest].mean(dtype=np.float64)])


def _levels(patch: Frame) -> int:
    """Number of levels above the patch's own scale."""
    level = 0
    while level < LEVELS and min(patch.shape) * PYRAMID_SCALE ** (level + 1) >= SMALLEST_LEVEL:
        level += 1
    return level


def _expand_level(grey: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    """Expansion (5, h, w) of a patch (H, W) at a scale of at most 1."""
    sigma = (1 / scale - 1) / 2
    side = max(round(5 * sigma) | 1, 3)  # pixels, odd
    smooth = cv2.GaussianBlur(grey, (side, side), sigma).astype(np.float32, copy=False)
    if scale < 1:
        height, width = (round(length * scale) for length in grey.shape)
        smooth = cv2.resize(smooth, (width, height)).astype(np.float32, copy=False)
    expansion = np.empty((5, *smooth.shape), np.float32)
    expand_level(smooth, expansion)
    return expansion


def _enlarge(flow: Flow, height: int, width: int) -> Flow:
    """Flow of a coarser level as an estimate for a level of this size."""
    if flow.shape[1:] == (height, width):
        return flow
    # OpenCV interpolates both components together, and otherwise rounds differently.
    pairs = np.ascontiguousarray(np.moveaxis(flow, 0, 2))  # (h, w, 2)
    larger = cv2.resize(pairs, (width, height)) * np.float32(1 / PYRAMID_SCALE)  # (H, W, 2)
    return np.ascontiguousarray(np.moveaxis(larger, 2, 0))  # (2, H, W)


@lru_cache(maxsize=64)
def _border_weights(height: int, width: int) -> NDArray[np.float32]:
    """Weights (H, W) of the equations, lower near the border.

    OpenCV decides by unsigned arithmetic whether a pixel is near the border, which for sides of
    less than twice the border's width comes out differently; it is kept so.
    """
    rows, columns = _side_weights(height), _side_weights(width)
    near = _near_border(height)[:, None] | _near_border(width)[None]  # (H, W)
    weights = np.where(near, rows[:, None] * columns[None], np.float32(1))
    return weights.astype(np.float32)


def _side_weights(length: int) -> NDArray[np.float32]:
    weights = np.ones(length, np.float32)
    reach = min(len(BORDER), length)
    weights[:reach] *= BORDER[:reach]
    weights[length - reach :] *= BORDER[:reach][::-1]
    return weights


def _near_border(length: int) -> NDArray[np.bool_]:
    position = np.arange(length, dtype=np.int64) - len(BORDER)
    inner = length - 2 * len(BORDER)
    return position.astype(np.uint32) >= np.int64(inner).astype(np.uint32)
