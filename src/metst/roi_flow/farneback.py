"""Dense flow between two small grey patches, and its summary in one vector."""

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.video import Frame

Flow = NDArray[np.float32]
"""Flow field (H, W, 2): displacement (x, y) of each pixel, in pixels."""

# Parameters of the authors' released code; names as in Farnebäck 2003 and OpenCV.
PYRAMID_SCALE = 0.5
LEVELS = 3
WINDOW_SIZE = 15  # pixels
ITERATIONS = 5
POLY_N = 7  # pixels
POLY_SIGMA = 1.5  # pixels


def farneback(first: Frame, second: Frame) -> Flow:
    """Flow that takes `first` to `second`, both (H, W); (H, W, 2)."""
    flow = cv2.calcOpticalFlowFarneback(
        first,
        second,
        np.empty((*first.shape, 2), np.float32),
        PYRAMID_SCALE,
        LEVELS,
        WINDOW_SIZE,
        ITERATIONS,
        POLY_N,
        POLY_SIGMA,
        0,  # flags: box window, no initial flow
    )
    return flow.astype(np.float32, copy=False)


def top_mean(flow: Flow, share: float) -> NDArray[np.float64]:
    """Mean (x, y) of the longest vectors of a flow field (H, W, 2).

    Of n vectors in the order of length, those from number int(n (1 - share)) on are averaged. A
    field without vectors has mean 0.
    """
    vectors = flow.reshape(-1, 2)  # (n, 2)
    if len(vectors) == 0:
        return np.zeros(2)
    first = int(len(vectors) * (1 - share))
    lengths = np.einsum("nd,nd->n", vectors, vectors)  # squared: the same order
    longest = np.argpartition(lengths, first)[first:]
    mean: NDArray[np.float64] = vectors[longest].mean(axis=0, dtype=np.float64)  # (2,)
    return mean
