"""Means of the longest motions, for every frame of every window.

Shapes: T frames of a video, P points, A areas (the ROIs, then the reference), W windows of k
frames.
"""

import numpy as np
from numpy.typing import NDArray

from experiments.bench.ideal.jit import jit

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@jit
def _ranked(values: Floats, count: int, rank: int) -> float:
    """The value of a rank, from 0 for the least, among the first `count`, which are reordered."""
    low, high = 0, count - 1
    while low < high:
        pivot = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if rank <= j:
            high = j
        elif rank >= i:
            low = i
        else:
            break
    return float(values[rank])


@jit
def window_motions(
    places: Floats, first: Ints, shares: Floats, starts: Ints, motions: Floats, heads: Floats
) -> None:
    """Motion of each ROI since the first frame of its window, the reference's subtracted.

    Args:
        places: (T, P, 2) of the points, crop pixels.
        first: (A + 1,) first point of each area; the last area is the reference.
        shares: (A,) part of an area's motions, the longest ones, that is averaged.
        starts: (W,) first frame of each window.
        motions: (W, A - 1, 2, k), filled here.
        heads: (W, 2, k) motion of the reference, filled here.
    """
    areas = len(shares)
    most = places.shape[1]
    x, y = np.empty(most, np.float32), np.empty(most, np.float32)
    length, order = np.empty(most, np.float32), np.empty(most, np.float32)
    for w in range(len(starts)):
        start = starts[w]
        for j in range(heads.shape[2]):
            head_x = head_y = np.float32(0)
            for area in range(areas - 1, -1, -1):  # the reference first
                count = first[area + 1] - first[area]
                for n in range(count):
                    p = first[area] + n
                    x[n] = places[start + j, p, 0] - places[start, p, 0] - head_x
                    y[n] = places[start + j, p, 1] - places[start, p, 1] - head_y
                    length[n] = order[n] = x[n] * x[n] + y[n] * y[n]
                rank = int(count * (1 - shares[area]))
                mean_x = mean_y = np.float32(0)
                if count:
                    least = _ranked(order, count, rank)
                    kept = 0
                    for n in range(count):
                        if length[n] >= least:
                            mean_x += x[n]
                            mean_y += y[n]
                            kept += 1
                    mean_x /= kept
                    mean_y /= kept
                if area == areas - 1:
                    head_x, head_y = mean_x, mean_y
                    heads[w, 0, j], heads[w, 1, j] = mean_x, mean_y
                else:
                    motions[w, area, 0, j], motions[w, area, 1, j] = mean_x, mean_y
