"""Stretches of frames."""

import numpy as np
from numpy.typing import NDArray


def spans(marked: NDArray[np.bool_], least: int) -> list[tuple[int, int]]:
    """First and last index of each stretch of marked frames (T,), rising.

    Args:
        marked: which frames count.
        least: stretches that are nearer than so many frames are one; shorter ones are left out.
    """
    found: list[tuple[int, int]] = []
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]).astype(np.int8)))
    for first, end in edges.reshape(-1, 2).tolist():
        if found and first - found[-1][1] <= least:
            found[-1] = (found[-1][0], end - 1)
        else:
            found.append((first, end - 1))
    return [(first, last) for first, last in found if last - first + 1 >= least]
