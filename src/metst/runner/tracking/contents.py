"""What wandb gets of a run: curves while it trains, then tables, pictures, files."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from metst.results.annotations import read_annotations
from metst.results.curves import STEP, read_curves
from metst.results.ledger import RunFolder
from metst.runner.tracking.journal import Key

MOST_PICTURES = 100
"""Timelines that are sent; a whole data set would be hundreds of megabytes."""

FOLD_COLUMNS = (
    *("subject", "state", "TP", "FP", "FN", "F1", "STRS"),
    *("best loss", "last loss", "epochs", "seconds"),
)


def curve_rows(run: RunFolder) -> Iterator[tuple[Key, dict[str, float]]]:
    """What the folds logged, by fold and step; rows that hold all that they will."""
    for subject in run.subjects():
        for row in read_curves(run.fold(subject).curves):
            if "loss" in row or "val_loss" not in row:  # training's losses join validation's
                yield (subject, f"{row[STEP]:.0f}"), row


def fold_rows(run: RunFolder, results: Mapping[str, Any]) -> Iterator[Iterable[object]]:
    """A row per fold under `FOLD_COLUMNS`, scores under the `strict` rules."""
    for subject in run.subjects():
        fold = run.fold(subject)
        status = fold.now()
        scores = results.get("folds", {}).get(subject, {}).get("strict", {})
        counts = [scores.get("spotting", {}).get(name) for name in ("tp", "fp", "fn", "f1")]
        losses = [row["loss"] for row in read_curves(fold.curves) if "loss" in row]
        best, last = (min(losses), losses[-1]) if losses else (None, None)
        ended = [best, last, status.epoch, status.seconds]
        yield [subject, status.state, *counts, scores.get("strs"), *ended]


def timeline_pictures(run: RunFolder) -> dict[str, list[Path]]:
    """Pictures of timelines by subject, videos with micro-expressions first."""
    found: list[tuple[str, Path]] = []
    for recording in sorted(read_annotations(run.annotations), key=lambda r: not r.micro):
        path = run.fold(recording.subject).path / "timelines" / f"{recording.video}.png"
        if path.is_file():
            found.append((recording.subject, path))
    pictures: dict[str, list[Path]] = {}
    for subject, path in found[:MOST_PICTURES]:
        pictures.setdefault(subject, []).append(path)
    return pictures


def confusion_rows(results: Mapping[str, Any]) -> tuple[list[str | int], list[Iterable[Any]]]:
    """Columns and rows of annotated against predicted emotions, under the `strict` rules."""
    confusion = results["protocols"]["strict"]["confusion"]
    rows = zip(confusion["rows"], confusion["counts"], strict=True)
    return ["annotated", *confusion["columns"]], [[name, *counts] for name, counts in rows]


def files(run: RunFolder) -> list[Path]:
    """Tables and report, as far as they are there."""
    made = (run.config, run.data, run.environment, run.annotations)
    return [p for p in (*made, run.predictions, run.results, run.report) if p.is_file()]
