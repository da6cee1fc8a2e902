"""Dense flow between two small grey patches on one CPU core.

The numbers are those of OpenCV's `calcOpticalFlowFarneback`, bit for bit, in half the time: an
image that is compared with many others is expanded once.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.features.farneback.expansion import expand as expand_level
from metst.features.farneback.filters import border_weights, levels_of
from metst.features.farneback.parameters import DEFAULT
from metst.features.farneback.refinement import refine

Flow = NDArray[np.float32]
"""Flow field (2, H, W): displacement x and y of each pixel, in pixels."""

Pyramid = list[NDArray[np.float32]]
"""Expansions (5, H, W) of a patch at falling scales; the last entry is the patch's own scale."""

PYRAMID_SCALE = DEFAULT.pyr_scale


def expand(patch: NDArray[np.uint8]) -> Pyramid:
    """All that flow from or to a grey patch (H, W) needs to know of it."""
    grey = patch.astype(np.float32)
    above = levels_of(min(patch.shape), PYRAMID_SCALE, DEFAULT.levels)
    return [_expand_level(grey, PYRAMID_SCALE**level) for level in range(above, -1, -1)]


def flow_between(first: Pyramid, second: Pyramid) -> Flow:
    """Flow (2, H, W) that takes the first patch to the second one, both of the same size.

    It is zero for patches of a single row or column, which have no gradient across.
    """
    flow = np.zeros((2, *first[0].shape[1:]), np.float32)
    for one, two in zip(first, second, strict=True):
        height, width = one.shape[1:]
        flow = _enlarge(flow, height, width)
        if min(height, width) < 2:
            continue
        refine(one, two, border_weights(height, width), flow, DEFAULT.iterations)
    return flow


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
