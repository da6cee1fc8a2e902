"""A flow field in one vector: the mean of its longest ones."""

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.features.farneback import Flow


def top_mean(
    flow: Flow, share: float, *, by_share: bool = False, polar: bool = False
) -> NDArray[np.float64]:
    """Mean (x, y) of the longest vectors of a flow field (2, H, W).

    Of n vectors in the order of length, those from number int(n (1 - share)) on are averaged. A
    field without vectors has mean 0. With `by_share` their sum is divided by n share, which need
    not be a whole number. With `polar` OpenCV's rounding of lengths decides between vectors
    that are as good as equally long; else the squares decide.
    """
    x, y = flow.reshape(2, -1)  # (n,) each
    if len(x) == 0:
        return np.zeros(2)
    first = int(len(x) * (1 - share))
    lengths = cv2.magnitude(x, y).ravel() if polar else x * x + y * y
    longest = np.argpartition(lengths, first)[first:]
    mean = np.array([x[longest].mean(dtype=np.float64), y[longest].mean(dtype=np.float64)])
    return mean * (len(longest) / (len(x) * share)) if by_share else mean
