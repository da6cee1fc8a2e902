"""`curves.csv`: what a fold logs while it trains, a row per step that was logged.

Lightning's own CSV logger begins an empty file when training goes on after an interruption, and
writes only every hundredth row.
"""

import csv
import io
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from lightning.pytorch.loggers import Logger
from lightning.pytorch.utilities import rank_zero_only

from metst.base.files import write_atomic

STEP = "step"
"""Column of the training step that a row was logged at; rows are in its order."""

Row = Mapping[str, float]


class CurvesLogger(Logger):
    """Keeps what was logged up to the step that a training goes on from, and adds to it.

    Args:
        path: of the table.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._columns: list[str] = []

    @property
    def name(self) -> str:
        """Lightning makes no folder of it."""
        return ""

    @property
    def version(self) -> str:
        """Lightning makes no folder of it."""
        return ""

    @property
    def save_dir(self) -> str:
        """Where Lightning's profilers write."""
        return str(self.path.parent)

    @rank_zero_only
    def log_hyperparams(
        self,
        params: dict[str, Any] | Namespace,
        *args: object,
        **kwargs: object,
    ) -> None:
        """Nothing: they are in the run's `config.yaml`."""

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Add a row; what is there of this step and later ones was before an interruption."""
        row = {**metrics, STEP: step or 0}
        if set(row) <= set(self._columns):
            with self.path.open("a", newline="", encoding="utf-8") as file:
                _writer(file, self._columns).writerow(row)
            return
        earlier = [known for known in read_curves(self.path) if known[STEP] < row[STEP]]
        self._columns = sorted({name for known in (*earlier, row) for name in known})
        write_atomic(self.path, _table(self._columns, [*earlier, row]).encode())


def read_curves(path: Path) -> list[dict[str, float]]:
    """Rows of the table, what was not logged in a row left out; none before the first.

    A row that is still being written is passed over.
    """
    with suppress(FileNotFoundError), path.open(newline="", encoding="utf-8") as file:
        return list(_whole_rows(file.read()))
    return []


def _whole_rows(text: str) -> Iterator[dict[str, float]]:
    complete = text[: text.rfind("\n") + 1]
    for row in csv.DictReader(io.StringIO(complete)):
        with suppress(ValueError, TypeError):  # damaged by a full disk
            yield {name: _number(value) for name, value in row.items() if value}


def _number(text: str) -> float:
    """The number that was written, an integer where it was one: written again, it is the same."""
    return int(text) if text.isdigit() else float(text)


def _table(columns: list[str], rows: list[Row]) -> str:
    text = io.StringIO()
    writer = _writer(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _writer(file: TextIO, columns: list[str]) -> "csv.DictWriter[str]":
    return csv.DictWriter(file, columns, lineterminator="\n")
