"""The floor: how high a score rises where no micro-expression is annotated.

The peak threshold is relative to a video's own maximum, so that every video has a highest peak, a
still picture too. A new video may hold no ME at all. What its score has to exceed is learned with
the network: from videos of the training subjects, never of the subject that is left out.

Shapes: V videos, L frames of the longest.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from metst.datasets.labels.records import Recording
from metst.intervals.spotting import Smoothed

QUANTILE = 0.9
"""Share of the stretches without an ME in which nothing exceeds the floor; our choice. Where one
subject of the demo is left out at a time, 3 of 31 MEs that were found lie below it, and 3 of 10
false alarms; with 0.75, no ME and 2 false alarms; with 1, 12 MEs and 6 false alarms."""

LEAST = 0.05
"""Least floor, of scores in [0, 1]: a network in training answers nothing with about 0.03."""

WINDOWS = 4096
"""Most windows that a floor is learned from, some 30 to 60 minutes of video: less than half of an
epoch of CAS(ME)^3."""


def stretches(recording: Recording, k_p: int) -> list[tuple[int, int]]:
    """First and behind the last frame of every stretch of a video that is free of MEs.

    It begins and ends 2 k_p frames away from every annotated ME, usable or not: the curve is
    smoothed over k_p frames on each side, and what an ME leaves reaches as far again. It is at
    least as long as an interval, 2 k_p + 1 frames. A video without an ME is one stretch.
    """
    free = np.ones(recording.frames, bool)
    for e in recording.micro:
        numbers = [n for n in (e.onset, e.apex, e.offset) if n]  # 0 stands for unknown
        frames = [recording.timebase.to_frame(n) for n in numbers]
        if frames:
            free[max(0, min(frames) - 2 * k_p) : max(0, max(frames) + 2 * k_p + 1)] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[0], free, [0]]).astype(np.int8))).tolist()
    spans = zip(edges[::2], edges[1::2], strict=True)
    return [(first, end) for first, end in spans if end - first > 2 * k_p]


def learned_floor(smoothed: Smoothed, recordings: Sequence[Recording], k_p: int) -> float:
    """Score that in `QUANTILE` of the stretches without an ME nothing exceeds, at least `LEAST`.

    Args:
        smoothed: (V, L) smoothed score of videos of training subjects.
        recordings: those videos, in the same order.
        k_p: half the mean ME length, in sub-sampled frames.
    """
    curves: NDArray[np.float64] = smoothed.values.cpu().numpy()
    highest = [
        float(curve[first:end].max())
        for curve, recording in zip(curves, recordings, strict=True)
        for first, end in stretches(recording, k_p)
    ]
    return max(LEAST, float(np.quantile(highest, QUANTILE))) if highest else LEAST
