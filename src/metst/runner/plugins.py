"""What Lightning writes through while a fold trains: its checkpoints and its curves."""

import csv
import io
from argparse import Namespace
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

import torch
from lightning.pytorch.loggers import Logger, TensorBoardLogger
from lightning.pytorch.plugins.io import TorchCheckpointIO
from lightning.pytorch.utilities import rank_zero_only

from metst.base.files import write_atomic
from metst.results.checkpoint import LAST, keep
from metst.results.curves import STEP, read_curves
from metst.results.ledger import FoldFolder

Row = Mapping[str, float]


class AtomicCheckpointIO(TorchCheckpointIO):
    """Writes through `keep`; loads plain tensors and numbers only.

    Lightning's own writer moves a file from the temporary folder without forcing it to disk: a
    kill can leave half of it when that folder lies on another file system.
    """

    def save_checkpoint(
        self,
        checkpoint: dict[str, Any],
        path: str | Path,
        storage_options: Any | None = None,  # noqa: ANN401, ARG002 - Lightning's signature
    ) -> None:
        """Write a checkpoint; another callback's, under another name, has no history."""
        buffer = io.BytesIO()
        torch.save(checkpoint, buffer)
        place = Path(path)
        if place.name == LAST:
            keep(place.parent, buffer.getvalue())
        else:
            write_atomic(place, buffer.getvalue())

    def load_checkpoint(
        self,
        path: str | Path,
        map_location: Any | None = "cpu",  # noqa: ANN401 - Lightning's signature
        weights_only: bool | None = True,  # noqa: ARG002 - nothing is ever unpickled
    ) -> dict[str, Any]:
        """Read a checkpoint without executing anything in it."""
        loaded: dict[str, Any] = torch.load(path, map_location=map_location, weights_only=True)
        return loaded


class CurvesLogger(Logger):
    """Keeps what was logged up to the step that a training goes on from, and adds to it.

    Lightning's own CSV logger begins an empty file when training goes on after an interruption, and
    writes only every hundredth row.

    Args:
        path: of the table.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._columns: list[str] = []
        self._step: float | None = None  # of the row that was written last

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
        """Add a row, or what is new of a step to its row.

        What is there of this step and later ones from another process was before an interruption.
        """
        row = {**metrics, STEP: step or 0}
        begun, new = bool(self._columns), row[STEP] != self._step
        self._step = row[STEP]
        if new and set(row) <= set(self._columns):
            with self.path.open("a", newline="", encoding="utf-8") as file:
                _writer(file, self._columns).writerow(row)
            return
        rows = read_curves(self.path)
        if begun and rows and rows[-1][STEP] == row[STEP]:  # of validation, before training's
            row = rows[-1] | row
        rows = [*(known for known in rows if known[STEP] < row[STEP]), row]
        self._columns = sorted({name for known in rows for name in known})
        write_atomic(self.path, _table(self._columns, rows).encode())


def loggers(folder: FoldFolder, *, tensorboard: bool) -> list[Logger]:
    """Where a fold logs its training: its curves, and files for TensorBoard where wanted.

    A fold that goes on after an interruption logs its last epoch twice, with the same values.
    """
    found: list[Logger] = [CurvesLogger(folder.curves)]
    if tensorboard:
        found.append(TensorBoardLogger(folder.path, name="", version="tensorboard"))
    return found


def _table(columns: list[str], rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = _writer(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _writer(file: TextIO, columns: list[str]) -> "csv.DictWriter[str]":
    return csv.DictWriter(file, columns, lineterminator="\n")
