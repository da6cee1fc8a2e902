"""A flow field in one vector: the mean of its longest ones."""

import numpy as np
from numpy.typing import NDArray

from metst.features.farneback import Flow


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
