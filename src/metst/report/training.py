"""Losses and learning rates of all folds of a run, over the epochs, as the page draws them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metst.report.axes import Axis, axis, whole_axis
from metst.results.curves import STEP, read_curves
from metst.results.run import Run

POINTS = 120
"""Most epochs of a line; of longer trainings every n-th is drawn, and the last."""

EPOCH, RATE, VALIDATION = "epoch", "lr", "val_"
"""Column of the epoch; beginning of the columns of learning rates, and of losses that were
measured on validation subjects."""

Point = tuple[float, float]
"""Place in a chart, both from 0 to 1."""


@dataclass(frozen=True)
class Line:
    """A column of one fold, or the median of all folds (`fold` is empty)."""

    column: str
    fold: str
    points: Sequence[Point]

    @property
    def title(self) -> str:
        """The column as text."""
        return _title(self.column)

    @property
    def validation(self) -> bool:
        """Whether it was measured on validation subjects."""
        return self.column.startswith(VALIDATION)


@dataclass(frozen=True)
class Chart:
    """A loss with its validation loss, or a learning rate.

    Attributes:
        lines: folds first, medians last.
        every: of so many epochs one is drawn.
    """

    title: str
    lines: Sequence[Line]
    epochs: Axis
    values: Axis
    every: int


@dataclass(frozen=True)
class Training:
    """How the folds of a run were trained.

    Attributes:
        titles: what was logged, in the order of the charts.
        last: fold -> number of epochs, and the last value of each column; None where it has none.
    """

    charts: Sequence[Chart]
    titles: Sequence[str]
    last: Mapping[str, tuple[int, Sequence[float | None]]]

    @property
    def validated(self) -> bool:
        """Whether there are losses of validation subjects."""
        return any(line.validation for chart in self.charts for line in chart.lines)


def training(run: Run) -> Training | None:
    """The curves of a run's folds; None where nothing was trained, or nothing is left of it."""
    rows = {s: _by_epoch(read_curves(run.folder.fold(s).curves)) for s in run.subjects}
    folds = {subject: epochs for subject, epochs in rows.items() if epochs}
    columns = _columns(
        {name for epochs in folds.values() for row in epochs.values() for name in row}
    )
    if not columns:
        return None
    last = {
        subject: (len(epochs), [_last(epochs, name) for name in columns])
        for subject, epochs in folds.items()
    }
    charts = [_chart(group, folds) for group in _groups(columns)]
    return Training(charts, [_title(name) for name in columns], last)


def _title(column: str) -> str:
    """`loss_spotting` as text."""
    if _is_rate(column):
        return f"learning rate{column.removeprefix(RATE).replace('-', ' of ', 1)}"
    base = column.removeprefix(VALIDATION)
    kind = "validation " if base != column else ""
    part = base.removeprefix("loss_")
    return f"{kind}{part} loss" if part != base else f"{kind}{base}"


def _is_rate(column: str) -> bool:
    return column.split("-")[0] == RATE


def _by_epoch(rows: Sequence[Mapping[str, float]]) -> dict[int, dict[str, float]]:
    """Epoch -> what was logged in it; a learning rate belongs to the epoch that ends after it."""
    found: dict[int, dict[str, float]] = {}
    waiting: dict[str, float] = {}
    for row in rows:
        waiting |= {n: v for n, v in row.items() if n not in (EPOCH, STEP) and math.isfinite(v)}
        if EPOCH in row:
            found.setdefault(int(row[EPOCH]), {}).update(waiting)
            waiting = {}
    return found


def _columns(names: set[str]) -> list[str]:
    """Losses, the whole one first, each before its validation loss; learning rates last."""

    def place(name: str) -> tuple[bool, str, bool]:
        return _is_rate(name), name.removeprefix(VALIDATION), name.startswith(VALIDATION)

    return sorted(names, key=place)


def _groups(columns: Sequence[str]) -> Iterator[list[str]]:
    """Columns of each chart."""
    for base in dict.fromkeys(name.removeprefix(VALIDATION) for name in columns):
        yield [name for name in columns if name in (base, VALIDATION + base)]


def _last(epochs: Mapping[int, Mapping[str, float]], name: str) -> float | None:
    return next((row[name] for row in reversed(list(epochs.values())) if name in row), None)


def _chart(names: Sequence[str], folds: Mapping[str, Mapping[int, Mapping[str, float]]]) -> Chart:
    known = sorted(
        {e for f in folds.values() for e, row in f.items() if not row.keys().isdisjoint(names)}
    )
    every = math.ceil(len(known) / POINTS)
    drawn = sorted({*known[::every], known[-1]})
    table = np.array(
        [[[f.get(e, {}).get(n, math.nan) for e in drawn] for f in folds.values()] for n in names]
    )  # (columns, folds, epochs)
    epochs = whole_axis(drawn[0], drawn[-1])
    values = axis(min(0.0, float(np.nanmin(table))), float(np.nanmax(table)))
    x = [epochs.place(epoch) for epoch in drawn]
    lines = [
        Line(name, fold, _points(x, curve, values))
        for name, curves in zip(names, table, strict=True)
        for fold, curve in zip(folds, curves, strict=True)
    ]
    lines += [
        Line(name, "", _points(x, _median(curves), values))
        for name, curves in zip(names, table, strict=True)
    ]
    return Chart(_title(names[0]), lines, epochs, values, every)


def _median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median (epochs,) of the folds (folds, epochs) that have a value."""
    known = [column[np.isfinite(column)] for column in values.T]
    return np.array([np.median(column) if len(column) else math.nan for column in known])


def _points(x: Sequence[float], y: NDArray[np.float64], values: Axis) -> list[Point]:
    return [(a, values.place(float(b))) for a, b in zip(x, y, strict=True) if math.isfinite(b)]
