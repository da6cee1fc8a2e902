"""Strict STRS of a trial over any of its folds, from the counts that its record keeps."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from metst.runner.sweeps.folder import Record
from metst.scoring.analysis import confidence
from metst.scoring.metrics.counts import Counts
from metst.scoring.pooled import pooled_scores
from metst.scoring.protocols import PROTOCOLS, get_protocol
from metst.scoring.protocols.protocol import Protocol

MAIN = "strict/strs"
"""The score by which trials are stopped and chosen."""


def scoring_of(record: Record) -> Protocol:
    """How scores follow from the counts of a trial under the `strict` rules."""
    return get_protocol("strict", analyzed=tuple(record.analyzed), emotions=tuple(record.emotions))


def counts_of(record: Record) -> dict[str, Counts]:
    """Counts of each subject of a trial, in the order of the folds."""
    classes = len(record.emotions)
    return {
        subject: Counts.of_numbers(np.asarray(numbers, dtype=np.int64), classes)
        for subject, numbers in record.counts.items()
    }


def running(record: Record) -> list[float]:
    """STRS over the first fold, the first two, and so on."""
    scoring, total = scoring_of(record), Counts.zero(len(record.emotions))
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
    """Every name under which a pooled score may be known; they do not depend on the emotions."""
    protocols = [get_protocol(name) for name in PROTOCOLS]
    scores = {p.name: p.scores_of(_everything(len(p.emotions))).as_dict() for p in protocols}
    return list(pooled_scores({"protocols": scores}))


def _everything(classes: int) -> NDArray[np.int64]:
    """Counts that leave no score undefined."""
    one = np.ones(classes, dtype=np.int64)
    confusion = np.eye(classes, classes + 1, dtype=np.int64)
    return np.concatenate([[classes] * 3, confusion.ravel(), one * 2])
