"""The run folder: what is configured, which folds are done, and what they gave.

    runs/<name>/{config.yaml, data.json, subjects.json}
    runs/<name>/folds/<subject>/{status.json, last.ckpt, outputs.safetensors, predictions.csv, ...}
    runs/<name>/{annotations.csv, predictions.csv, environment.json, results.json, report.html}
    runs/<name>/wandb/  what is logged to wandb, where that is asked for

Everything is written atomically, so that it can be read at any time.

Several processes - two `make loso`, the tasks of a cluster - may work on one run folder: they share
its folds. Whoever works on a fold holds that fold's lock, and others leave it to him; whoever
checks the data, extracts or pools holds the lock of the run, and others wait. Locks go with their
process (`metst.base.locks`): the state of the lock counts, not what a killed process wrote last.
"""

import json
import logging
import os
import shutil
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import yaml

from metst.base.errors import ConfigError, MetstError
from metst.base.files import read_json, read_yaml, write_atomic
from metst.base.locks import Lock
from metst.base.names import first_few
from metst.results.changes import difference
from metst.results.checkpoint import LAST

_log = logging.getLogger(__name__)

State = Literal["pending", "running", "done", "failed", "interrupted"]


@dataclass(frozen=True)
class Status:
    """How far a fold has come.

    Attributes:
        epoch: epochs finished, of `epochs`.
        error: why it failed.
        seconds: time its last attempt has taken.
        pid: process that works or worked on it.
        since: when its last attempt began, seconds since 1970.
        host: machine of that process.
    """

    state: State = "pending"
    epoch: int = 0
    epochs: int = 0
    error: str = ""
    seconds: float = 0.0
    pid: int = 0
    since: float = 0.0
    host: str = ""


class FoldFolder:
    """Files of one fold."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = Lock(path / ".lock")
        self.checkpoint = path / LAST
        self.outputs = path / "outputs.safetensors"
        self.frame_curves = path / "frame_curves.safetensors"
        self.predictions = path / "predictions.csv"
        self.metrics = path / "metrics.json"
        self.log = path / "fold.log"
        self.curves = path / "curves.csv"
        self.environment = path / "environment.json"
        self._status = path / "status.json"

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.status().state == "done" and self.predictions.exists()

    def status(self) -> Status:
        """Status as last written; a fold never begun is pending."""
        try:
            return Status(**json.loads(self._status.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return Status()
        except (ValueError, TypeError) as error:
            _log.warning("%s is damaged (%s); the fold counts as pending", self._status, error)
            return Status()

    def now(self) -> Status:
        """Status as it is: a fold runs while its lock is held, and at no other time."""
        holder = self.lock.holder()
        status = self.status()
        if status.state == "done":
            return status
        if holder is not None:  # it may not have written anything yet
            pid, since, host = holder.pid, holder.since, holder.host
            return replace(status, state="running", error="", pid=pid, since=since, host=host)
        return replace(status, state="interrupted") if status.state == "running" else status

    def begin(self, epochs: int) -> None:
        """This process, which holds the lock, takes the fold."""
        here = socket.gethostname()
        self._write(Status("running", 0, epochs, pid=os.getpid(), since=time.time(), host=here))

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
        seconds = round(time.time() - status.since, 3) if status.since else 0.0
        self._write(replace(status, seconds=seconds, **changes))  # type: ignore[arg-type]

    def _write(self, status: Status) -> None:
        write_atomic(self._status, json.dumps(asdict(status), indent=2).encode())


class RunFolder:
    """Files of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = Lock(path / ".lock")
        self.config = path / "config.yaml"
        self.data = path / "data.json"
        self.environment = path / "environment.json"
        self.annotations = path / "annotations.csv"
        self.predictions = path / "predictions.csv"
        self.results = path / "results.json"
        self.report = path / "report.html"
        self.wandb = path / "wandb"
        self._subjects = path / "subjects.json"
        self._users = Lock(path / ".users")

    def fold(self, subject: str) -> FoldFolder:
        """The fold that leaves out `subject`."""
        return FoldFolder(self.path / "folds" / subject)

    def subjects(self) -> tuple[str, ...]:
        """The folds of the run, in order; none before it has begun."""
        return tuple(read_json(self._subjects)) if self._subjects.exists() else ()

    def open(self, config: str) -> None:
        """Begin a run, or go on with one of the same configuration.

        Raises:
            ConfigError: the folder holds a run of another configuration, and the message lists the
                changes; or it holds files that no run has written.
        """
        self._refuse_others_files()
        if not self.config.exists():
            write_atomic(self.config, config.encode())
            return
        changes = difference(read_yaml(self.config, "run"), yaml.safe_load(config))
        if changes:
            msg = (
                f"{self.path} holds a run of another configuration:\n{changes}\n"
                "Give this run another name (--name NAME), or begin it anew: `metst loso` with "
                "--fresh, or delete the folder."
            )
            raise ConfigError(msg)

    def check_data(self, identity: Mapping[str, str], subjects: Sequence[str]) -> None:
        """Note which data a run begins with, or make sure that it goes on with the same.

        Args:
            identity: digest of each part of the data, and of what else results follow from.
            subjects: the folds; they follow from the data.

        Raises:
            ConfigError: the data are others than those of the folds that are there.
        """
        if not self.data.exists():
            write_atomic(self.data, json.dumps(identity, indent=1).encode())
        known = read_json(self.data)
        names = [n for n in {**known, **identity} if known.get(n) != identity.get(n)]
        if names:
            msg = (
                f"{self.path} was begun with other data; changed: {first_few(names)}.\n"
                "Begin it anew with --fresh, or give this run another name (--name NAME)."
            )
            raise ConfigError(msg)
        if not self._subjects.exists():
            write_atomic(self._subjects, json.dumps(subjects).encode())

    def complete_results(self) -> dict[str, Any] | None:
        """Pooled results of all folds; None where they are missing, or lack a fold."""
        if not self.results.exists():
            return None
        results: dict[str, Any] = read_json(self.results)
        return results if results["complete"] else None

    @contextmanager
    def used(self) -> Iterator[None]:
        """Inside, nobody begins the run anew; any number of processes may use it together."""
        with self._users.shared():
            yield

    def clear(self) -> None:
        """Remove what a run wrote, and nothing else that may lie in the folder.

        Raises:
            ConfigError: the folder holds files that no run has written.
            MetstError: somebody works on the run.
        """
        self._refuse_others_files()
        with self._users.taken() as alone:
            holders = {path.parent.name: Lock(path).holder() for path in self._fold_locks()}
            at_work = [f"fold {name} by {who}" for name, who in holders.items() if who]
            if at_work or not alone:
                msg = (
                    f"--fresh: {self.path} is being worked on"
                    f" ({', '.join(at_work) or 'by another process'}); stop that first, or give "
                    "this run another name (--name NAME)"
                )
                raise MetstError(msg)
            for folder in (self.path / "folds", self.wandb):
                shutil.rmtree(folder, ignore_errors=True)
            for path in self._written():
                path.unlink(missing_ok=True)

    def _refuse_others_files(self) -> None:
        """Where files have the names of ours, but no run is there, they belong to somebody."""
        there = [p.name for p in (*self._written(), self.path / "folds") if p.exists()]
        if there and not self._is_run():
            msg = (
                f"{self.path} holds {first_few(sorted(there))}, but no run: these "
                "files stay as they are; give this run another name (--name NAME)"
            )
            raise ConfigError(msg)

    def _is_run(self) -> bool:
        """Whether the configuration is one that a run has written."""
        try:
            config = read_yaml(self.config, "run")
        except MetstError:
            return False
        return isinstance(config, dict) and {"data", "model", "loso", "name"} <= set(config)

    def _fold_locks(self) -> list[Path]:
        return sorted(self.path.glob("folds/*/.lock"))

    def _written(self) -> tuple[Path, ...]:
        """Our files beside the folds; the configuration, which shows that they are ours, last."""
        begun = (self.data, self._subjects, self.environment, self.annotations)
        return *begun, self.predictions, self.results, self.report, self.config
