"""Rows of a table from finished runs: several seeds of the same experiment make one."""

from collections.abc import Mapping, Sequence

from metst.base.errors import DataError
from metst.datasets.registry import published_scores
from metst.results.alike import check_alike
from metst.results.cells import Cell, cells
from metst.results.changes import NOT_COMPARED
from metst.results.layouts import Layout
from metst.results.run import Run
from metst.results.table import Line, Table
from metst.scoring.metrics.counts import Counts

RULES = (
    "authors: the rules of the authors' released code, as in the publications. strict: every "
    "video counts, matching is one-to-one, nothing comes from the held-out subject."
)
"""What a reader must know of the protocols."""


def experiment_of(run: Run) -> tuple[tuple[str, str], ...]:
    """What a run has in common with its other seeds."""
    varied = {*NOT_COMPARED, "name", "seed"}
    return tuple((k, str(v)) for k, v in run.settings.items() if k not in varied)


def paper_table(
    title: str, layout: Layout, rows: Sequence[tuple[str, Sequence[Run], str | None]]
) -> Table:
    """Runs beside what is published about their data set.

    Args:
        title: what is compared.
        layout: which scores.
        rows: label, runs that differ in their seed alone, and the synergy strategy that is
            judged; None for that of each run.

    Raises:
        DataError: the runs of a row are not of the same folds.
        ConfigError: the runs cannot stand side by side, or lack the strategy.
    """
    check_alike([run for _, runs, _ in rows for run in runs])
    first = rows[0][1][0]
    # What is published is about micro-expressions.
    lines = _published(first.data_set, layout) if first.judgment.kind == "micro" else []
    for label, runs, variant in rows:
        lines += _lines(label, runs, layout, variant)
    interval = "in brackets the 95 % interval over the subjects (bootstrap)"
    notes = [f"Ours: {_seeds(rows)}; {interval}.", RULES]
    return Table(title, layout.headings, lines, notes)


def _seeds(rows: Sequence[tuple[str, Sequence[Run], str | None]]) -> str:
    """Which seeds the rows are of; of each row, where they differ."""
    each = {label: [str(run.config["seed"]) for run in runs] for label, runs, _ in rows}
    known = {_mean_over(seeds) for seeds in each.values()}
    if len(known) == 1:
        return known.pop()
    return ", ".join(f"{label}: {_mean_over(seeds)}" for label, seeds in each.items())


def _mean_over(seeds: Sequence[str]) -> str:
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    return f"mean over the seeds {', '.join(seeds)} ± their standard deviation"


def _lines(label: str, runs: Sequence[Run], layout: Layout, variant: str | None) -> list[Line]:
    """Rows of one experiment, one per protocol."""
    first = runs[0]
    for run in runs:
        if set(run.subjects) != set(first.subjects):
            msg = f"expected the folds of {first.path}, {len(first.subjects)}, found "
            raise DataError(run.path, msg + str(len(run.subjects)))
    made: list[Line] = []
    for protocol in first.results["protocols"]:
        counts = [counts_of(run, protocol, layout, variant) for run in runs]
        known = [each for each in counts if each is not None]
        scores = [Cell(None)] * len(layout.columns)
        if len(known) == len(runs):
            scores = cells(known, first.protocol(protocol), layout)
        made.append(Line(label + lack_of(first), protocol, scores))
    return made


def lack_of(run: Run) -> str:
    """That not all folds of a run are done; empty where they are."""
    done, demanded = len(run.subjects), run.results["demanded"]
    return "" if done == demanded else f" ({done} of {demanded} folds)"


def counts_of(
    run: Run, protocol: str, layout: Layout, variant: str | None
) -> Mapping[str, Counts] | None:
    """What a layout is about; None of a run that did not do this part."""
    if layout.annotated:
        return run.annotated_counts(protocol)
    return run.counts(protocol, variant or run.judgment.variant) if run.spots else None


def _published(data_set: str, layout: Layout) -> list[Line]:
    """Rows of what is published about a data set, as far as it has a layout's scores."""
    made: list[Line] = []
    for row in published_scores(data_set):
        values = [getattr(row, column.published) for column in layout.columns]
        if any(value is not None for value in values):
            source = f"published, {row.tables or row.where}"
            made.append(Line(row.method, source, [Cell(x) for x in values]))
    return made
