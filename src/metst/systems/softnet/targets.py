"""What SOFTNet should answer, of micro- or of macro-expressions."""

import numpy as np
from numpy.typing import NDArray

from metst.datasets.labels.records import Kind, Recording
from metst.datasets.labels.samples import Rule
from metst.intervals.spans import spans, touching


def spot_labels(
    recording: Recording, count: int, k: int, rule: Rule, kind: Kind = "micro"
) -> NDArray[np.float32]:
    """1 for each sample i whose frames i ... i + k - 1 share one with an expression, else 0.

    The onset frame itself does not count, as published.

    Args:
        recording: with its annotations.
        count: samples of the video, one per frame.
        k: frames between the two of a sample, half the mean length of the kind.
        rule: which rows are MEs.
        kind: `micro` or `macro`.
    """
    return touching(count, [(on + 1, off) for on, off in spans(recording, kind, rule)], k)
