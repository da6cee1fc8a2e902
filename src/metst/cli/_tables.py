"""Where verbs find a run's tables, and what they print alike."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from metst.labels import Recording
from metst.results import read_annotations, read_predictions

LOG_WIDTH = 120
"""Columns of a table that goes to a file: no name is cut off there."""


def console() -> Console:
    """Standard output, as wide as the terminal or as a table needs."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=LOG_WIDTH)


def print_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    """A value as JSON on standard output, and nothing else."""
    Console(soft_wrap=True).out(json.dumps(value, indent=2, allow_nan=False), highlight=False)


def tell_damage(damaged: Sequence[str]) -> None:
    """Say what is damaged in a data set, and the two mends; nothing where nothing is."""
    if not damaged:
        return
    mend = (
        "Everything else was done. Restore these files and run with --fresh, or accept what was "
        "done instead: --data.suppress '[bad-image, no-features]' (README, Your data)."
    )
    lines = (f"damaged data: {finding}" for finding in damaged)
    console().print("\n".join([*lines, mend]), style="red", markup=False, soft_wrap=True)


def predictions_of(place: Path, recordings: Sequence[Recording]) -> pd.DataFrame:
    """Predictions of a run folder, or of a table itself, about these recordings."""
    return read_predictions(place / "predictions.csv" if place.is_dir() else place, recordings)


def annotations_of(place: Path, labels: Path | None) -> Sequence[Recording]:
    """Annotations `labels`; by default those in a run folder, or beside a table."""
    folder = place if place.is_dir() else place.parent
    return read_annotations(labels or folder / "annotations.csv")
