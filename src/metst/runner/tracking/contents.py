"""What wandb gets of a finished run: tables, pictures, files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from metst.base.errors import MetstError
from metst.datasets.check import check
from metst.datasets.labels import Recording
from metst.datasets.labels.findings import Finding
from metst.datasets.registry import DATASETS
from metst.results.curves import read_curves
from metst.results.data import DataSetFiles
from metst.results.ledger import RunFolder
from metst.results.run import Run

MOST_PICTURES = 100
"""Timelines that are sent; a whole data set would be hundreds of megabytes."""

FOLD_COLUMNS = (
    *("subject", "state", "TP", "FP", "FN", "F1", "STRS"),
    *("best loss", "last loss", "epochs", "seconds"),
)
FINDING_COLUMNS = ("severity", "code", "subject", "video", "finding")

Row = Iterable[object]


def fold_rows(run: RunFolder, results: Mapping[str, Any]) -> Iterator[Row]:
    """A row per fold under `FOLD_COLUMNS`, scores under the `strict` rules."""
    for subject in run.subjects():
        fold = run.fold(subject)
        status = fold.now()
        scores = results.get("folds", {}).get(subject, {}).get("strict")
        spotting = scores["spotting"] if scores else {}
        counts = [spotting.get(name) for name in ("tp", "fp", "fn", "f1")]
        losses = [row["loss"] for row in read_curves(fold.curves) if "loss" in row]
        best, last = (min(losses), losses[-1]) if losses else (None, None)
        strs = scores["strs"] if scores else None
        yield [subject, status.state, *counts, strs, best, last, status.epoch, status.seconds]


def finding_rows(run: RunFolder, damaged: Sequence[str]) -> list[Row]:
    """A row per finding about the label tables and the files, under `FINDING_COLUMNS`."""
    rows: list[Row] = [["error", "damaged", "", "", text] for text in damaged]
    data = Run(run.path).data
    if not isinstance(data, DataSetFiles) or data.name not in DATASETS:
        return rows
    try:
        report = check(data.name, data.root, labels_only=True, suppress=data.suppress or ())
    except MetstError:  # features without label tables, for example
        return rows
    return rows + [_finding_row(finding) for finding in report.findings]


def _finding_row(finding: Finding) -> Row:
    place = [finding.subject or "", finding.video or ""]
    return [finding.severity.name.lower(), finding.code, *place, finding.message]


def timeline_pictures(run: RunFolder, recordings: Sequence[Recording]) -> dict[str, list[Path]]:
    """Pictures of timelines by subject, videos with micro-expressions first."""
    chosen = sorted(recordings, key=lambda r: not r.micro)
    paths = [(r.subject, _timeline(run, r)) for r in chosen]
    found: dict[str, list[Path]] = {}
    for subject, path in [pair for pair in paths if pair[1].is_file()][:MOST_PICTURES]:
        found.setdefault(subject, []).append(path)
    return found


def _timeline(run: RunFolder, recording: Recording) -> Path:
    return run.fold(recording.subject).path / "timelines" / f"{recording.video}.png"


def confusion_figure(results: Mapping[str, Any], protocol: str = "strict") -> Figure:
    """Counts of annotated against predicted emotions of the finds."""
    confusion = results["protocols"][protocol]["confusion"]
    rows, columns, counts = confusion["rows"], confusion["columns"], confusion["counts"]
    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(counts, cmap="Blues")
    middle = max(max(row) for row in counts) / 2
    for i, row in enumerate(counts):
        for j, count in enumerate(row):
            color = "white" if count > middle else "black"
            axes.text(j, i, str(count), ha="center", va="center", color=color)
    axes.set(xlabel="predicted", ylabel="annotated", title=f"Finds by emotion ({protocol})")
    axes.set_xticks(range(len(columns)), columns, rotation=30)
    axes.set_yticks(range(len(rows)), rows)
    return figure


def files(run: RunFolder) -> list[Path]:
    """Tables and report, as far as they are there."""
    made = (run.config, run.data, run.environment, run.annotations)
    return [p for p in (*made, run.predictions, run.results, run.report) if p.is_file()]
