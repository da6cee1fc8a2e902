"""Giving a trial up early, in a way that leave-one-subject-out allows.

The folds of a trial are no epochs: a score over other subjects says little, because subjects differ
more than settings do. So every trial judges the same first n folds first, in the order of the data
set, and its strict STRS pooled over them is held against that of the best finished trial *over the
same folds*. It is given up where it lies more than a margin below.

The best trial is one that was judged on all folds; trials that were given up are held against it,
never against each other.
"""

from collections.abc import Sequence

from metst.runner.sweeps.folder import Record
from metst.runner.sweeps.options import StopOptions
from metst.runner.sweeps.scores import running

ROUNDING = 1e-9
"""Scores nearer to each other are equal: they are quotients of small counts."""


def best_over(records: Sequence[Record], folds: Sequence[str]) -> float | None:
    """Best STRS over these folds of all trials that were judged on all of theirs."""
    n = len(folds)
    finished = [r for r in records if r.state == "done" and r.folds[:n] == tuple(folds)]
    return max((running(r)[n - 1] for r in finished), default=None)


def gives_up(score: float, best: float | None, margin: float) -> bool:
    """The rule itself."""
    return best is not None and best - score > margin + ROUNDING


def follows(record: Record, rule: StopOptions) -> bool:
    """Whether a trial's end stands under a rule: a trial given up under another may go on."""
    if record.state == "stopped":
        return (record.stop["after"], record.stop["margin"]) == (rule.after, rule.margin)
    return record.state == "done"
