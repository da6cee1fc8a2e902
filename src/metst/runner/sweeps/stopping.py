"""Giving a trial up early, in a way that leave-one-subject-out allows.

Folds are not like epochs: subjects differ more than settings do, so scores over different subjects
cannot be compared. So every trial runs the same first n folds first, in the order of the data set.
Its strict STRS over them is compared with that of the best trial *over the same folds*, and it is
given up where it lies more than a margin below.

The best trial is one that has run all its folds. Trials that were given up are compared with it,
never with each other.
"""

from collections.abc import Sequence

from metst.runner.sweeps.folder import Record
from metst.runner.sweeps.scores import running
from metst.runner.sweeps.settings import StopOptions

ROUNDING = 1e-9
"""Scores nearer to each other are equal: they are quotients of small counts."""


def best_over(records: Sequence[Record], folds: Sequence[str]) -> float | None:
    """Best STRS over these folds of all trials that have run all of theirs."""
    n = len(folds)
    finished = [r for r in records if r.state == "done" and r.folds[:n] == tuple(folds)]
    return max((running(r)[n - 1] for r in finished), default=None)


def gives_up(score: float, best: float | None, margin: float) -> bool:
    """The rule itself."""
    return best is not None and best - score > margin + ROUNDING


def follows(record: Record, rule: StopOptions) -> bool:
    """Whether a trial has ended under a rule: one that another rule has given up may go on."""
    if record.state == "stopped":
        return (record.stop["after"], record.stop["margin"]) == (rule.after, rule.margin)
    return record.state == "done"
