"""Folds through an executor, whose workers may not see the run folder.

A worker that sees it works in it, as this process would. One that does not runs the fold in its own
scratch folder, where an interrupted one goes on too. The files come back by value when the fold
ends; until then its epochs cannot be seen here. Either way the worker reads the feature store under
the configured path.
"""

import hashlib
import logging
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from metst.base.executors import Executor, Mark, Outcome, marked
from metst.base.executors.machine import GIB
from metst.base.files import write_atomic
from metst.results.ledger import FoldFolder, RunFolder
from metst.runner.fold import FoldEnd, FoldJob, run_fold

_log = logging.getLogger(__name__)

FOLD_MEMORY = int(3.5 * GIB)
"""Bytes that a fold needs: a training step of the released configuration at its peak (2.4 GiB,
`python -m experiments.bench.scaling`) and the flow of a data set. What samples keep beside it, they
state (`metst.samples.Samples.memory`)."""

STATUS = "status.json"
"""The file by which a fold is done: it is written when all others are there."""

LOOK_SECONDS = 1.0
"""How often a worker looks whether a fold that runs beside it has ended."""


@dataclass(frozen=True)
class _Ended:
    """What a worker returns of a fold.

    Attributes:
        files: the fold's folder by value: contents by relative path; None where it is in place.
    """

    end: FoldEnd
    files: Mapping[str, bytes] | None = None


def run_folds(executor: Executor, jobs: Sequence[FoldJob]) -> Iterator[Outcome[FoldJob, FoldEnd]]:
    """Run folds of one run; when an outcome comes, the files of the fold are in the run folder."""
    if not jobs:
        return
    run = RunFolder(jobs[0].run)
    with marked(run.path, executor) as mark:
        work = partial(_run, mark=mark, name=_name(run))
        for outcome in executor.run(work, jobs):
            ended = outcome.result
            if ended is not None:
                _receive(run.fold(outcome.job.subject), ended)
            yield Outcome(outcome.job, ended.end if ended else None, outcome.error)


def _name(run: RunFolder) -> str:
    """Name of a run in a scratch folder: another for all that results follow from."""
    whole = b"\n".join(path.read_bytes() for path in (run.config, run.data))
    return f"{run.path.name}-{hashlib.sha256(whole).hexdigest()[:16]}"


def _receive(fold: FoldFolder, ended: _Ended) -> None:
    """Put files that came by value into the run folder."""
    if ended.files is None:
        return
    _log.info("fold %s came back by value: its worker does not see %s", fold.path.name, fold.path)
    for name in sorted(ended.files, key=lambda name: name == STATUS):
        write_atomic(fold.path / name, ended.files[name])


def _run(job: FoldJob, mark: Mark, name: str) -> _Ended:
    """Run a fold in a worker: in the run folder if it is seen here, else in a scratch folder."""
    if mark.seen():
        return _Ended(run_fold(job))
    from metst.base.executors.dask import scratch_folder

    here = replace(job, run=scratch_folder() / name)
    while (end := run_fold(here)) == "elsewhere":  # left by a parent that was killed
        time.sleep(LOOK_SECONDS)
    folder = RunFolder(here.run).fold(job.subject)
    with folder.lock.taken():
        files = _files(folder)
        shutil.rmtree(folder.path)
    return _Ended(end, files)


def _files(folder: FoldFolder) -> dict[str, bytes]:
    """Everything that a fold leaves, but for its lock."""
    paths = [p for p in folder.path.rglob("*") if p.is_file() and p != folder.lock.path]
    return {str(path.relative_to(folder.path)): path.read_bytes() for path in paths}
