"""Strict STRS of a trial over any of its folds, from the counts that its record keeps."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from metst.datasets.labels.records import EMOTIONS
from metst.runner.sweeps.folder import Record
from metst.scoring.analysis import confidence
from metst.scoring.metrics.counts import Counts
from metst.scoring.pooled import pooled_scores
from metst.scoring.protocols import PROTOCOLS, get_protocol
from metst.scoring.protocols.protocol import Protocol

MAIN = "strict/strs"
"""The score by which trials are stopped and chosen."""


def scoring_of(analyzed: Sequence[str]) -> Protocol:
    """How scores follow from counts under the `strict` rules."""
    return get_protocol("strict", analyzed=tuple(analyzed))


def counts_of(record: Record) -> dict[str, Counts]:
    """Counts of each subject of a trial, in the order of the folds."""
    return {
        subject: Counts.of_numbers(np.asarray(numbers, dtype=np.int64), len(EMOTIONS))
        for subject, numbers in record.counts.items()
    }


def pooled(counts: Iterable[Counts], scoring: Protocol) -> float:
    """STRS of subjects taken together; 0 without any."""
    return scoring.scores(sum(counts, Counts.zero(len(EMOTIONS)))).strs


def running(record: Record) -> list[float]:
    """STRS over the first fold, the first two, and so on."""
    scoring, total = scoring_of(record.analyzed), Counts.zero(len(EMOTIONS))
    scores = []
    for counts in counts_of(record).values():
        total = total + counts
        scores.append(scoring.scores(total).strs)
    return scores


def interval(counts: Mapping[str, Counts], scoring: Protocol) -> tuple[float | None, float | None]:
    """95 % interval of STRS over subjects (bootstrap)."""
    found = confidence([counts], scoring, scores={"strs": lambda scores: scores.strs})["strs"]
    return found["low"], found["high"]


def score_names() -> list[str]:
    """Every name under which a pooled score may be known."""
    one = np.ones(len(EMOTIONS), dtype=np.int64)
    confusion = np.eye(len(EMOTIONS), len(EMOTIONS) + 1, dtype=np.int64)
    everything = np.concatenate([one[:3] * len(EMOTIONS), confusion.ravel(), one * 2])
    counts = Counts.of_numbers(everything, len(EMOTIONS))
    scores = {name: get_protocol(name).scores(counts).as_dict() for name in PROTOCOLS}
    return list(pooled_scores({"protocols": scores}))
