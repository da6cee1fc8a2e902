"""Which trial is chosen, and how good it is on subjects that took no part in the choice.

The best of many trials is partly the luckiest: the score by which it was chosen flatters it. An
honest score comes from choosing for each left-out subject without a look at that subject:

* nested: every trial is repeated within the other subjects, and what is best there is used for the
  left-out one. Nothing of the subject enters the choice.
* by the other subjects: the trial with the best score over the other subjects' own folds is used.
  It costs no training, but those networks were trained on the left-out subject's labels too, so it
  is an approximation.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from metst.runner.sweeps.folder import Record, SweepFolder
from metst.runner.sweeps.scores import counts_of, interval, running, scoring_of
from metst.scoring.metrics.counts import Counts

_log = logging.getLogger(__name__)

OPTIMISTIC, APPROXIMATE, NESTED = (
    "best by test score (optimistic)",
    "chosen by the other subjects (approximate)",
    "nested selection",
)


@dataclass(frozen=True)
class Selected:
    """A way to choose, and the strict STRS of what it chose.

    Attributes:
        low: lower end of the 95 % interval over subjects, choices taken as they are.
        high: its upper end.
        chosen: subject -> digest of the trial whose fold counts.
    """

    way: str
    strs: float
    low: float | None
    high: float | None
    chosen: Mapping[str, str]


def selections(folder: SweepFolder, records: Sequence[Record]) -> list[Selected]:
    """Every way to choose that there is data for; only trials with all folds take part.

    Those of other subjects than the first one's, such as after a change of `data.without`, do not:
    nothing can be chosen among scores of different people.
    """
    done = [r for r in records if r.state == "done"]
    trials = [r for r in done if set(r.folds) == set(done[0].folds)]
    if not trials:
        return []
    if len(trials) < len(done):
        _log.warning(
            "%s: %d of %d trials are of other subjects: they take no part in the choice",
            folder.path,
            len(done) - len(trials),
            len(done),
        )
    counts = [counts_of(r) for r in trials]
    scoring = scoring_of(trials[0])

    def overall(_: str, trial: int) -> float:
        return scoring.pooled(counts[trial].values()).strs

    def others(subject: str, trial: int) -> float:
        return scoring.pooled(c for s, c in counts[trial].items() if s != subject).strs

    made = [_selected(OPTIMISTIC, trials, counts, overall)]
    if len(trials[0].folds) > 1:
        made.append(_selected(APPROXIMATE, trials, counts, others))
    if within := nested_scores(folder, trials):
        made.append(_selected(NESTED, trials, counts, lambda s, trial: within[s][trial]))
    return made


def nested_scores(folder: SweepFolder, trials: Sequence[Record]) -> dict[str, list[float]]:
    """Subject -> STRS of each trial within the others; empty unless all of them are there."""
    scores: dict[str, list[float]] = {}
    for subject in trials[0].folds:
        inner = [folder.nested(subject).trial(r.digest).read() for r in trials]
        done = [r for r in inner if r is not None and r.state == "done"]
        if len(done) < len(trials):
            return {}
        scores[subject] = [running(r)[-1] for r in done]
    return scores


def _selected(
    way: str,
    trials: Sequence[Record],
    counts: Sequence[Mapping[str, Counts]],
    score: Callable[[str, int], float],
) -> Selected:
    """For each subject the first trial of the best score, and the STRS of all these folds."""
    best = {s: max(range(len(trials)), key=lambda i: score(s, i)) for s in trials[0].folds}
    taken = {subject: counts[i][subject] for subject, i in best.items()}
    scoring = scoring_of(trials[0])
    low, high = interval(taken, scoring)
    chosen = {subject: trials[i].digest for subject, i in best.items()}
    return Selected(way, scoring.pooled(taken.values()).strs, low, high, chosen)
