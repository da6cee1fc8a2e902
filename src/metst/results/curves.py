"""`curves.csv`: what a fold logs while it trains, a row per step that was logged."""

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

STEP = "step"
"""Column of the training step that a row was logged at; rows are in its order."""


def read_curves(path: Path) -> list[dict[str, float]]:
    """Rows of the table, what was not logged in a row left out; none before the first.

    A row that is still being written is passed over.
    """
    with suppress(FileNotFoundError), path.open(newline="", encoding="utf-8") as file:
        return list(_whole_rows(file.read()))
    return []


def last_of(path: Path, name: str) -> float | None:
    """The value of a column that was logged last; None before the first."""
    return next((row[name] for row in reversed(read_curves(path)) if name in row), None)


def _whole_rows(text: str) -> Iterator[dict[str, float]]:
    complete = text[: text.rfind("\n") + 1]
    for row in csv.DictReader(io.StringIO(complete)):
        with suppress(ValueError, TypeError):  # damaged by a full disk
            yield {name: _number(value) for name, value in row.items() if value}


def _number(text: str) -> float:
    """The number that was written, an integer where it was one: written again, it is the same."""
    return int(text) if text.isdigit() else float(text)
