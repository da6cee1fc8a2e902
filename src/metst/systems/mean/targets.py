"""What MEAN's spotting head should answer."""

import numpy as np
from numpy.typing import NDArray

from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import Rule
from metst.intervals.spans import spans, touching


def spot_labels(recording: Recording, count: int, k_p: int, rule: Rule) -> NDArray[np.float32]:
    """1 for each sample i whose frames i ... i + k_p - 1 share one with an ME, else 0.

    Args:
        recording: with its annotations.
        count: samples of the video, one per frame.
        k_p: half the mean ME length: over all subjects by the rule `authors`, else over the
            training subjects.
        rule: which rows are MEs.
    """
    return touching(count, spans(recording, "micro", rule), k_p)
