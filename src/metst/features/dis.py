"""Dense flow by OpenCV's `DISOpticalFlow` (Kroeger et al. 2016), preset MEDIUM."""

import cv2
import numpy as np
from numpy.typing import NDArray

Flow = NDArray[np.float32]
"""Flow field (2, H, W): displacement x and y of each pixel, in pixels."""

LONG, SHORT = 48, 16  # pixels, least sides: OpenCV crashes on images that are smaller than 46 x 16


def flow(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> Flow:
    """Flow (2, H, W) that takes one grey patch (H, W) to another of its size.

    Around patches that are too small for the method the border is repeated.
    """
    height, width = first.shape
    least = (LONG, SHORT) if height > width else (SHORT, LONG)
    top, left = ((max(n - side, 0) + 1) // 2 for n, side in zip(least, first.shape, strict=True))
    sides = (top, top, left, left)
    one, two = (cv2.copyMakeBorder(p, *sides, cv2.BORDER_REPLICATE) for p in (first, second))
    # One object per pair: it holds buffers, which threads must not share.
    method = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    found = method.calc(one, two, np.empty(0))
    inside = found[top : top + height, left : left + width]
    return np.ascontiguousarray(np.moveaxis(inside, 2, 0), np.float32)
