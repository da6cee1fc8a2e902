"""Finished runs as tables need them: several seeds of the same experiment make a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from metst.base.errors import DataError
from metst.base.files import read_json
from metst.base.settings import flat
from metst.datasets.labels import Recording
from metst.datasets.registry import published_scores
from metst.results import read_annotations, read_predictions
from metst.results.cells import Cell, cells
from metst.results.judging import judging
from metst.results.layouts import Layout
from metst.results.ledger import RunFolder
from metst.results.table import Line
from metst.scoring.metrics.counts import Counts
from metst.scoring.protocols import get_scoring
from metst.scoring.protocols.scoring import Scoring

VARIED = ("name", "seed", "loso.runs")
"""Settings in which the seeds of one experiment differ."""


@dataclass(frozen=True)
class FinishedRun:
    """A run folder whose results are pooled.

    Attributes:
        config: its settings under their dotted names.
        iou: least overlap of a find.
        results: contents of `results.json`.
    """

    folder: Path
    config: Mapping[str, Any]
    iou: float
    results: Mapping[str, Any]
    recordings: Sequence[Recording]
    predictions: pd.DataFrame

    def counts(self, protocol: str, synergy: str) -> Mapping[str, Counts]:
        """Counts of every subject; of those that are finished in an incomplete run."""
        tested = [r for r in self.recordings if r.subject in self.results["folds"]]
        return self.scoring(protocol).counts(self.predictions, tested, synergy)

    def scoring(self, protocol: str) -> Scoring:
        """The judging half of a protocol, as it judged this run."""
        return get_scoring(protocol, iou=self.iou, analyzed=self.analyzed)

    @property
    def analyzed(self) -> tuple[str, ...]:
        """Emotions whose recognition is averaged."""
        return tuple(self.results["protocols"]["strict"]["analyzed"])

    @property
    def data_set(self) -> str:
        """Name of its data set: of the module that describes it."""
        return str(self.config["data.class_path"]).split(".")[-2]

    @property
    def experiment(self) -> tuple[tuple[str, str], ...]:
        """What it has in common with its other seeds."""
        return tuple((k, str(v)) for k, v in self.config.items() if k not in VARIED)


def read_run(folder: Path) -> FinishedRun:
    """Read the tables of a run.

    Raises:
        DataError: the folder is no run, or its folds are not pooled yet.
    """
    files = RunFolder(folder)
    if not files.results.exists():
        raise DataError(folder, "expected a run with results.json; finish it with `metst loso`")
    recordings = read_annotations(files.annotations)
    config = yaml.safe_load(files.config.read_text(encoding="utf-8"))
    return FinishedRun(
        folder,
        dict(flat(config)),
        judging(config)[1],
        read_json(files.results),
        recordings,
        read_predictions(files.predictions, recordings),
    )


def lines(label: str, runs: Sequence[FinishedRun], layout: Layout, synergy: str) -> list[Line]:
    """Rows of one experiment, one per protocol.

    Raises:
        DataError: the runs are not of the same folds.
    """
    subjects = [tuple(run.results["folds"]) for run in runs]
    for run, its in zip(runs, subjects, strict=True):
        if set(its) != set(subjects[0]):
            msg = f"expected the folds of {runs[0].folder}, {len(subjects[0])}, found {len(its)}"
            raise DataError(run.folder, msg)
    incomplete = "" if all(run.results["complete"] for run in runs) else " (incomplete)"
    made: list[Line] = []
    for protocol in runs[0].results["protocols"]:
        counts = [run.counts(protocol, synergy) for run in runs]
        scores = cells(counts, runs[0].scoring(protocol), layout)
        made.append(Line(label + incomplete, protocol, scores))
    return made


def published_lines(data_set: str, layout: Layout) -> list[Line]:
    """Rows of what is published about a data set, as far as it has a layout's scores."""
    made: list[Line] = []
    for row in published_scores(data_set):
        values = [getattr(row, column.published) for column in layout.columns]
        if any(value is not None for value in values):
            made.append(Line(row.method, f"published, {row.tables}", [Cell(x) for x in values]))
    return made
