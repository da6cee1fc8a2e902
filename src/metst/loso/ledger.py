"""The run folder: what is configured, which folds are done, and what they gave.

    runs/<name>/config.yaml
    runs/<name>/folds/<subject>/{status.json, last.ckpt, outputs.safetensors, predictions.csv, ...}
    runs/<name>/{data.json, annotations.csv, predictions.csv, results.json}

Status files are written atomically, so that another process can read them at any time.
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from metst.errors import ConfigError, MetstError
from metst.files import write_atomic
from metst.loso.config import difference

State = Literal["pending", "running", "done", "failed"]

NAMES_SHOWN = 5
"""Most changed parts of the data that a message spells out."""


@dataclass(frozen=True)
class Status:
    """How far a fold has come.

    Attributes:
        epoch: epochs finished, of `epochs`.
        error: why it failed, in words.
        seconds: time its last attempt has taken.
        pid: process that works or worked on it.
        since: when its last attempt began, seconds since 1970.
    """

    state: State = "pending"
    epoch: int = 0
    epochs: int = 0
    error: str = ""
    seconds: float = 0.0
    pid: int = 0
    since: float = 0.0


class FoldFolder:
    """Files of one fold."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoint = path / "last.ckpt"
        self.outputs = path / "outputs.safetensors"
        self.predictions = path / "predictions.csv"
        self.metrics = path / "metrics.json"
        self._status = path / "status.json"

    def status(self) -> Status:
        """Status as last written; a fold never begun is pending."""
        try:
            return Status(**json.loads(self._status.read_text()))
        except FileNotFoundError:
            return Status()

    def begin(self, epochs: int) -> None:
        """This process takes the fold."""
        self._write(Status("running", 0, epochs, pid=os.getpid(), since=time.time()))

    def advance(self, epoch: int) -> None:
        """`epoch` epochs are finished."""
        self._update(epoch=epoch)

    def finish(self) -> None:
        """The fold's results are all on disk."""
        self._update(state="done")

    def fail(self, error: str) -> None:
        """The fold ended with an error."""
        self._update(state="failed", error=error)

    def _update(self, **changes: object) -> None:
        status = self.status()
        seconds = round(time.time() - status.since, 3)
        self._write(replace(status, seconds=seconds, **changes))  # type: ignore[arg-type]

    def _write(self, status: Status) -> None:
        write_atomic(self._status, json.dumps(asdict(status), indent=2).encode())


class RunFolder:
    """Files of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.yaml"
        self.data = path / "data.json"
        self.annotations = path / "annotations.csv"
        self.predictions = path / "predictions.csv"
        self.results = path / "results.json"

    def fold(self, subject: str) -> FoldFolder:
        """The fold that leaves out `subject`."""
        return FoldFolder(self.path / "folds" / subject)

    def open(self, config: str, *, fresh: bool) -> None:
        """Begin a run, or go on with one of the same configuration.

        Raises:
            ConfigError: the folder holds a run of another configuration; lists the changes.
        """
        if fresh:
            self._clear()
        if self.config.exists():
            changes = difference(self.config.read_text(), config)
            if changes:
                msg = (
                    f"{self.path} holds a run of another configuration:\n{changes}\n"
                    "Give this run another name (--name NAME), or begin it anew with --fresh."
                )
                raise ConfigError(msg)
            return
        write_atomic(self.config, config.encode())

    def check_data(self, identity: Mapping[str, str]) -> None:
        """Note which data a run begins with, or make sure that it goes on with the same.

        Args:
            identity: digest of each part of the data.

        Raises:
            ConfigError: the data are others than those of the folds that are there.
        """
        if not self.data.exists():
            write_atomic(self.data, json.dumps(identity, indent=1).encode())
            return
        known = json.loads(self.data.read_text())
        names = [n for n in {**known, **identity} if known.get(n) != identity.get(n)]
        if names:
            more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
            msg = (
                f"{self.path} was begun with other data; changed: "
                f"{', '.join(names[:NAMES_SHOWN])}{more}.\n"
                "Begin it anew with --fresh, or give this run another name (--name NAME)."
            )
            raise ConfigError(msg)

    def complete_results(self) -> dict[str, Any] | None:
        """Pooled results of all folds; None where they are missing, or lack a fold."""
        if not self.results.exists():
            return None
        results: dict[str, Any] = json.loads(self.results.read_text())
        return results if results["complete"] else None

    def _clear(self) -> None:
        """Remove what a run wrote, and nothing else that may lie in the folder."""
        shutil.rmtree(self.path / "folds", ignore_errors=True)
        for path in (self.config, self.data, self.annotations, self.predictions, self.results):
            path.unlink(missing_ok=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other processes out of the run; the lock goes with the process that holds it.

        Raises:
            MetstError: another process works on this run.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / ".lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                msg = (
                    f"{self.path} is being worked on by process {file.read().strip() or '?'}; "
                    "wait for it, or give this run another name (--name NAME)"
                )
                raise MetstError(msg) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield
