"""Dense flow between two grey images on one CPU core.

Resizing, warps and medians are OpenCV's own functions; the iterations, where OpenCV spends nearly
all of its time, are our kernels.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.features.tv_l1.kernels import Planes, iterate

Flow = NDArray[np.float32]
"""Flow field (2, H, W): displacement x and y of each pixel, in pixels."""

# OpenCV's defaults.
SCALES, SCALE_STEP = 5, 0.8
SMALLEST = 16  # pixels, least side of a scale above the images' own
WARPS = 5  # per scale
OUTER = 10  # medians per warp, at most
MEDIAN = 5  # pixels, side of its window
EPSILON = 0.01  # pixels: a warp is done when an iteration moves the flow by less (RMS)


def flow(previous: NDArray[np.uint8], following: NDArray[np.uint8]) -> Flow:
    """Flow (2, H, W) that takes one grey image (H, W) to the other, in pixels.

    Raises:
        ValueError: the images differ in size.
    """
    if previous.shape != following.shape:
        msg = f"expected images of one size, got {previous.shape} and {following.shape}"
        raise ValueError(msg)
    scales = list(zip(_pyramid(previous), _pyramid(following), strict=True))
    found = np.zeros((2, *scales[-1][0].shape), np.float32)
    for first, second in reversed(scales):
        if found.shape[1:] != first.shape:
            enlarged = [cv2.resize(part, first.shape[::-1]) for part in found]
            found = np.stack(enlarged) * np.float32(1 / SCALE_STEP)
        _refine(first, second, found)
    return found


def _pyramid(image: NDArray[np.uint8]) -> list[Planes]:
    """The image (H, W) at falling scales, its own first."""
    images: list[Planes] = [image.astype(np.float32)]
    while len(images) < SCALES:
        smaller = cv2.resize(images[-1], None, fx=SCALE_STEP, fy=SCALE_STEP)
        if min(smaller.shape) < SMALLEST:
            break
        images.append(smaller.astype(np.float32, copy=False))
    return images


def _refine(first: Planes, second: Planes, found: Flow) -> None:
    """Improve an estimate of the flow at one scale, in place."""
    height, width = first.shape
    images = (second, *_gradient(second))
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    # Before the first row is one of zeros.
    duals = np.zeros((2, 2, height + 1, width), np.float32)
    limit = np.float32(EPSILON**2 * first.size)
    for _ in range(WARPS):
        x, y = columns + found[0], rows + found[1]
        warped, *slopes = (cv2.remap(image, x, y, cv2.INTER_CUBIC) for image in images)
        slope = np.stack(slopes).astype(np.float32, copy=False)  # (2, H, W)
        rest = warped - slope[0] * found[0] - slope[1] * found[1] - first
        for _ in range(OUTER):
            for part in found:
                part[:] = cv2.medianBlur(part, MEDIAN)
            if iterate(slope, rest, duals, found, limit):
                break


def _gradient(image: Planes) -> tuple[Planes, Planes]:
    """Central differences in x and y, the border repeated."""
    wide = np.pad(image, 1, "edge")
    half = np.float32(0.5)
    return half * (wide[1:-1, 2:] - wide[1:-1, :-2]), half * (wide[2:, 1:-1] - wide[:-2, 1:-1])
