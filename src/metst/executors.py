"""Jobs that do not depend on each other, run in this process or in several.

Folds and extraction both go through `run`. A worker process lives for many jobs (importing torch
and lightning takes seconds), computes with one thread (workers would fight for the cores
otherwise), and may die: its job is then given to another worker once more.
"""

import logging
import multiprocessing as mp
import os
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from metst.errors import MetstError

_log = logging.getLogger(__name__)

J = TypeVar("J")
R = TypeVar("R")

ATTEMPTS = 2
"""How often a job is given to a worker before a death of its worker counts as its failure."""

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@dataclass(frozen=True)
class Outcome(Generic[J, R]):
    """What became of one job: a result, or the error in words."""

    job: J
    result: R | None = None
    error: str | None = None


def usable_cores() -> int:
    """Cores that this process may use (a container or scheduler may allow fewer than exist)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(function: Callable[[J], R], jobs: Sequence[J], workers: int) -> Iterator[Outcome[J, R]]:
    """Run `function` on every job; yield the outcomes in the order in which they finish.

    Args:
        function: a callable that a new process can import (a top-level function, or a
            `functools.partial` of one); called as `function(job)`.
        jobs: arguments; plain data.
        workers: number of processes; 1 runs the jobs here, in order.

    Yields:
        One `Outcome` per job. An exception in a job ends only that job.
    """
    if min(workers, len(jobs)) <= 1:
        for job in jobs:
            yield _attempt(function, job)
        return
    yield from _Pool(function, jobs, min(workers, len(jobs))).outcomes()


def _attempt(function: Callable[[J], R], job: J) -> Outcome[J, R]:
    try:
        return Outcome(job, result=function(job))
    except MetstError as error:
        return Outcome(job, error=str(error))
    except OSError as error:
        return Outcome(job, error=f"{error.strerror or error} ({error.filename})")
    except Exception as error:  # noqa: BLE001 - the boundary: a job's bug must not end the others
        _log.debug("job failed", exc_info=True)
        where = traceback.extract_tb(error.__traceback__)[-1]
        message = f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})"
        return Outcome(job, error=message)


class _Worker(Generic[J, R]):
    """One process and the pipe to it."""

    def __init__(self, function: Callable[[J], R]) -> None:
        context = mp.get_context("spawn")  # forking a process that runs torch's threads is unsafe
        self.pipe, theirs = context.Pipe()
        level = _log.getEffectiveLevel()
        arguments = (function, theirs, level)
        self.process: BaseProcess = context.Process(target=_work, args=arguments, daemon=True)
        with _one_thread():
            self.process.start()
        theirs.close()
        self.index: int | None = None

    def give(self, index: int, job: J) -> None:
        self.index = index
        self.pipe.send(job)

    def stop(self) -> None:
        self.process.kill()  # all writes are atomic: there is nothing to tidy up
        self.process.join()
        self.pipe.close()


class _Pool(Generic[J, R]):
    """Workers and the jobs that wait for them."""

    def __init__(self, function: Callable[[J], R], jobs: Sequence[J], workers: int) -> None:
        self.function, self.jobs = function, jobs
        self.waiting = deque(range(len(jobs)))
        self.attempts = [0] * len(jobs)
        self.workers: list[_Worker[J, R]] = [_Worker(function) for _ in range(workers)]

    def outcomes(self) -> Iterator[Outcome[J, R]]:
        try:
            for worker in self.workers:
                self._next(worker)
            while busy := [w for w in self.workers if w.index is not None]:
                ready = wait([w.pipe for w in busy])
                for worker in (w for w in busy if w.pipe in ready):
                    outcome = self._collect(worker)
                    if outcome is not None:
                        yield outcome
        finally:
            for worker in self.workers:
                worker.stop()

    def _next(self, worker: _Worker[J, R]) -> None:
        """Give a free worker its next job, if one waits."""
        worker.index = None
        if self.waiting:
            index = self.waiting.popleft()
            self.attempts[index] += 1
            # A worker that is dead already is found out when its outcome is waited for.
            with suppress(BrokenPipeError):
                worker.give(index, self.jobs[index])

    def _collect(self, worker: _Worker[J, R]) -> Outcome[J, R] | None:
        index = worker.index
        assert index is not None  # only busy workers are waited for
        try:
            outcome: Outcome[J, R] = worker.pipe.recv()
        except (EOFError, ConnectionResetError):
            return self._replace(worker)
        self._next(worker)
        return Outcome(self.jobs[index], outcome.result, outcome.error)

    def _replace(self, worker: _Worker[J, R]) -> Outcome[J, R] | None:
        """A worker died: start another; its job waits again, or has failed for good."""
        index = worker.index
        assert index is not None  # a worker without a job is not listened to
        worker.stop()
        code = worker.process.exitcode
        _log.warning("worker process died (exit code %s) in job %d", code, index + 1)
        failed = self.attempts[index] >= ATTEMPTS
        if not failed:
            self.waiting.appendleft(index)
        fresh: _Worker[J, R] = _Worker(self.function)
        self.workers[self.workers.index(worker)] = fresh
        self._next(fresh)
        if not failed:
            return None
        message = (
            f"its worker process died {ATTEMPTS} times (last exit code {code}; out of memory?)"
        )
        return Outcome(self.jobs[index], error=message)


def _work(function: Callable[[Any], Any], pipe: Connection, level: int) -> None:
    """Life of a worker: jobs in, outcomes out, until the parent goes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("metst").setLevel(level)
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        pipe.send(_attempt(function, job))


def _leave_with_parent() -> None:
    """End this process when its parent is gone, however it went.

    A worker that outlived a killed parent would write beside the workers of the next run.
    """
    parent = mp.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Processes started inside inherit an environment that asks for one thread each.

    `OMP_WAIT_POLICY=PASSIVE` keeps an OpenMP pool from burning a core while it waits.
    """
    wanted = dict.fromkeys(THREAD_VARIABLES, "1") | {"OMP_WAIT_POLICY": "PASSIVE"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
