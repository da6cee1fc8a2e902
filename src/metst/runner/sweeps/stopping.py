"""Giving a trial up early, in a way that leave-one-subject-out allows.

The folds of a trial are no epochs: a score over other subjects says little, because subjects differ
more than settings do. So every trial judges the same first n folds first, in the order of the data
set, and its strict STRS pooled over them is held against that of the best finished trial *over the
same folds*. It is given up where it lies more than a margin below.

The best trial is one that was judged on all folds; trials that were given up are held against it,
never against each other. What the rule saves and what it costs can be replayed on finished trials.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from metst.runner.sweeps.folder import Record
from metst.runner.sweeps.options import StopOptions
from metst.runner.sweeps.scores import running

MARGINS = (0.0, 0.05, 0.1, 0.2)
"""Margins that are replayed."""

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


@dataclass(frozen=True)
class Replay:
    """What the rule would have done to finished trials, run in the order in which they ended.

    Attributes:
        after: folds that are judged first.
        stopped: trials given up.
        saved: share of all folds that need not be trained.
        rank: place of the best trial that survives, among all; 1: the best itself.
        lost: STRS by which that one lies below the best.
    """

    after: int
    margin: float
    stopped: int
    saved: float
    rank: int
    lost: float


def replay(records: Sequence[Record], margins: Sequence[float] = MARGINS) -> list[Replay]:
    """The rule's effect for every number of folds and several margins.

    Only trials that were judged on all folds tell: the end of the others is not known.
    """
    known = [running(r) for r in records if r.state == "done"]
    if not known:
        return []
    return [_replayed(known, n, m) for n in range(1, len(known[0])) for m in margins]


def _replayed(known: Sequence[Sequence[float]], after: int, margin: float) -> Replay:
    survivors: list[Sequence[float]] = []
    for scores in known:
        best = max((s[after - 1] for s in survivors), default=None)
        if not gives_up(scores[after - 1], best, margin):
            survivors.append(scores)
    finals = [scores[-1] for scores in known]
    kept = max(scores[-1] for scores in survivors)
    stopped, folds = len(known) - len(survivors), len(known[0])
    saved = stopped * (folds - after) / (len(known) * folds)
    rank = 1 + sum(final > kept + ROUNDING for final in finals)
    return Replay(after, margin, stopped, saved, rank, max(finals) - kept)
