"""What SFAMNet should answer: one sample per two frames, labeled from mid-rise to apex."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import Rule, samples

EVERY = 2
"""Frames per sample."""


def sample_labels(
    count: int, rows: Sequence[tuple[int, int, int]], neutral: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Spotting target and class (P,) of each sample; later rows overwrite earlier ones.

    Args:
        count: samples of the video (P).
        rows: onset and apex of each ME, in frames, and its class.
        neutral: class of all other samples.
    """
    spot, emotion = np.zeros(count, np.float32), np.full(count, neutral, np.int64)
    for onset, apex, label in rows:
        first, last = int(onset / EVERY), int(apex / EVERY)
        inside = slice(max(0, int((first + last) / 2)), max(0, last + 1))
        spot[inside], emotion[inside] = 1, label
    return spot, emotion


def labels(
    recording: Recording, count: int, emotions: Sequence[str], rule: Rule
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Spotting target and class (P,) of each sample; macro-expressions are neutral.

    Args:
        recording: with its annotations.
        count: samples of the video (P).
        emotions: names of the classes, without neutral; MEs of other classes are left out.
        rule: which rows are MEs. `authors` takes the apex as annotated, -1 where it is missing;
            `strict` then takes the middle.
    """
    rows = [
        (
            s.onset,
            s.peak if rule == "strict" or s.apex is None else s.apex,
            emotions.index(s.emotion),
        )
        for s in samples(recording, rule)
        if s.emotion in emotions
    ]
    return sample_labels(count, rows, len(emotions))
