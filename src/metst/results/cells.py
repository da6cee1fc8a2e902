"""A score over several runs of the same folds: mean, spread over seeds, interval over subjects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from metst.results.layouts import Layout
from metst.scoring.analysis import confidence
from metst.scoring.metrics.counts import Counts
from metst.scoring.protocols.protocol import Protocol

MARK = "†"


@dataclass(frozen=True)
class Cell:
    """What a table shows of one score.

    Attributes:
        mean: over the seeds; None where a seed's score is undefined by the protocol's rules.
        spread: standard deviation over the seeds (n - 1); None for a single seed.
        low: lower end of the 95 % interval of the mean over subjects (bootstrap); may be None.
        high: its upper end.
        mark: `MARK` where the score follows other rules than those beside it.
    """

    mean: float | None
    spread: float | None = None
    low: float | None = None
    high: float | None = None
    mark: str = ""


def cells(runs: Sequence[Mapping[str, Counts]], scoring: Protocol, layout: Layout) -> list[Cell]:
    """One cell per column of a layout.

    Args:
        runs: counts by subject of each seed's run; the same subjects in all of them.
        scoring: how scores follow from counts.
        layout: which scores.
    """
    totals = [scoring.pooled(run.values()) for run in runs]
    getters = {column.heading: column.score for column in layout.columns}
    intervals = confidence(runs, scoring, scores=getters)
    made: list[Cell] = []
    for name, score in getters.items():
        values = np.array([score(total) for total in totals])  # (seeds,)
        if np.isnan(values).any():
            made.append(Cell(None))
            continue
        spread = float(values.std(ddof=1)) if len(values) > 1 else None
        interval = intervals[name]
        made.append(Cell(float(values.mean()), spread, interval["low"], interval["high"]))
    return made
