"""Rows of a table from finished runs: several seeds of the same experiment make one."""

from collections.abc import Sequence

from metst.base.errors import DataError
from metst.datasets.published import PUBLISHED_SCORES
from metst.results.cells import Cell, cells
from metst.results.layouts import Layout
from metst.results.run import Run
from metst.results.table import Line

VARIED = ("name", "seed", "loso.runs")
"""Settings in which the seeds of one experiment differ."""


def experiment_of(run: Run) -> tuple[tuple[str, str], ...]:
    """What a run has in common with its other seeds."""
    return tuple((k, str(v)) for k, v in run.settings.items() if k not in VARIED)


def lines(label: str, runs: Sequence[Run], layout: Layout, variant: str) -> list[Line]:
    """Rows of one experiment, one per protocol.

    Raises:
        DataError: the runs are not of the same folds.
    """
    first = runs[0]
    for run in runs:
        if set(run.subjects) != set(first.subjects):
            msg = f"expected the folds of {first.path}, {len(first.subjects)}, found "
            raise DataError(run.path, msg + str(len(run.subjects)))
    incomplete = "" if all(run.results["complete"] for run in runs) else " (incomplete)"
    made: list[Line] = []
    for protocol in first.results["protocols"]:
        counts = [run.counts(protocol, variant) for run in runs]
        scores = cells(counts, first.scoring(protocol), layout)
        made.append(Line(label + incomplete, protocol, scores))
    return made


def published_lines(data_set: str, layout: Layout) -> list[Line]:
    """Rows of what is published about a data set, as far as it has a layout's scores."""
    made: list[Line] = []
    for row in PUBLISHED_SCORES.get(data_set, ()):
        values = [getattr(row, column.published) for column in layout.columns]
        if any(value is not None for value in values):
            made.append(Line(row.method, f"published, {row.tables}", [Cell(x) for x in values]))
    return made
