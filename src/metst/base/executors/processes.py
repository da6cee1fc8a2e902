"""Jobs in several processes of this machine.

A worker process lives for many jobs, computes with one thread (workers would fight for the cores
otherwise), and may die: its job is then given to another worker once more. It is a fork of a server
that has imported torch and lightning already (`metst.base.executors.server`).

Ctrl-C: no new job begins and every worker gets SIGTERM, which ends it unless its job handles the
signal to end early (jobs run in the main thread of their worker and end early by raising
KeyboardInterrupt). When all workers have ended, `Processes.run` raises KeyboardInterrupt. A second
Ctrl-C kills them.
"""

import logging
import multiprocessing as mp
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic

from metst.base.errors import MetstError
from metst.base.executors.base import J, Outcome, R, attempt
from metst.base.executors.interrupts import on_interrupt
from metst.base.executors.serial import Serial
from metst.base.executors.server import ONE_THREAD, started_server

_log = logging.getLogger(__name__)

ATTEMPTS = 2
"""How often a job is given to a worker before a death of its worker counts as its failure."""

DEATH_SECONDS = 0.5
"""Until the system knows that a process has died which does not answer any more."""


class Processes:
    """Runs jobs in several processes; a single one would only copy this process, so runs here.

    Args:
        workers: processes.
        gpus: what CUDA_VISIBLE_DEVICES is for each worker, in turn; none leaves it as it is.
    """

    elsewhere = False

    def __init__(self, workers: int, gpus: Sequence[str] = ()) -> None:
        self.workers = workers
        self.gpus = gpus

    def run(self, function: Callable[[J], R], jobs: Sequence[J]) -> Iterator[Outcome[J, R]]:
        """See `Executor.run`, and the top of this file for Ctrl-C."""
        workers = min(self.workers, len(jobs))
        if workers <= 1:
            yield from Serial().run(function, jobs)
            return
        _log.info("%d jobs in %d processes", len(jobs), workers)
        yield from _Pool(function, jobs, self._environments(workers)).outcomes()

    def _environments(self, workers: int) -> list[dict[str, str]]:
        """Environment of each worker."""
        turns = [self.gpus[i % len(self.gpus)] for i in range(workers)] if self.gpus else []
        chosen = [{"CUDA_VISIBLE_DEVICES": name} for name in turns] or [{}] * workers
        return [ONE_THREAD | one for one in chosen]


class _Worker(Generic[J, R]):
    """One process and the pipe to it."""

    def __init__(self, function: Callable[[J], R], environment: Mapping[str, str]) -> None:
        self.environment = environment
        context = started_server()
        self.pipe, theirs = context.Pipe()
        arguments = (function, theirs, {**os.environ, **environment}, _log.getEffectiveLevel())
        self.process: BaseProcess = context.Process(target=_work, args=arguments, daemon=True)
        self._start()
        theirs.close()
        self.index: int | None = None

    def _start(self) -> None:
        """Start the process; a server that dies meanwhile is replaced once.

        Raises:
            MetstError: the system gives no process.
        """
        for number in range(1, ATTEMPTS + 1):
            try:
                self.process.start()
            except (EOFError, OSError) as error:
                if number == ATTEMPTS:
                    msg = f"expected to start a worker process, got {error!r}: out of memory?"
                    raise MetstError(msg) from error
                time.sleep(DEATH_SECONDS)
                started_server()
            else:
                return

    def give(self, index: int, job: J) -> None:
        self.index = index
        self.pipe.send(job)

    def stop(self) -> None:
        self.process.kill()  # all writes are atomic: there is nothing to tidy up
        self.process.join()
        self.pipe.close()


class _Pool(Generic[J, R]):
    """Workers and the jobs that wait for them."""

    def __init__(
        self,
        function: Callable[[J], R],
        jobs: Sequence[J],
        environments: Sequence[Mapping[str, str]],
    ) -> None:
        self.function, self.jobs, self.environments = function, jobs, environments
        self.waiting = deque(range(len(jobs)))
        self.attempts = [0] * len(jobs)
        self.interrupts = 0
        self.workers: list[_Worker[J, R]] = []

    def outcomes(self) -> Iterator[Outcome[J, R]]:
        with on_interrupt(self._interrupt):
            try:
                for environment in self.environments:
                    if self.interrupts:
                        break
                    self.workers.append(_Worker(self.function, environment))
                    self._next(self.workers[-1])
                while busy := self._busy():
                    yield from self._finished(busy)
            finally:
                # Whoever iterates may have gone at the first sign of the end: jobs that were asked
                # to end are waited for all the same.
                while self.interrupts and (busy := self._busy()):
                    for _ in self._finished(busy):
                        pass
                for worker in self.workers:
                    worker.stop()
        if self.interrupts:
            raise KeyboardInterrupt

    def _busy(self) -> list[_Worker[J, R]]:
        return [worker for worker in self.workers if worker.index is not None]

    def _finished(self, busy: Sequence[_Worker[J, R]]) -> Iterator[Outcome[J, R]]:
        """Wait until something has become of a job."""
        ready = wait([worker.pipe for worker in busy])
        for worker in (worker for worker in busy if worker.pipe in ready):
            outcome = self._collect(worker)
            if outcome is not None:
                yield outcome

    def _interrupt(self) -> None:
        self.interrupts += 1
        for worker in self.workers:
            if self.interrupts == 1:
                worker.process.terminate()
            else:
                worker.process.kill()

    def _next(self, worker: _Worker[J, R]) -> None:
        """Give a free worker its next job, if one waits."""
        worker.index = None
        if self.waiting and not self.interrupts:
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
        worker.index = None
        if self.interrupts:
            return None
        code = worker.process.exitcode
        _log.warning("worker process died (exit code %s) in job %d", code, index + 1)
        failed = self.attempts[index] >= ATTEMPTS
        if not failed:
            self.waiting.appendleft(index)
        fresh: _Worker[J, R] = _Worker(self.function, worker.environment)
        self.workers[self.workers.index(worker)] = fresh
        self._next(fresh)
        if not failed:
            return None
        message = (
            f"its worker process died {ATTEMPTS} times (last exit code {code}; out of memory?)"
        )
        return Outcome(self.jobs[index], error=message)


def _work(
    function: Callable[[Any], Any], pipe: Connection, environment: Mapping[str, str], level: int
) -> None:
    """Life of a worker: jobs in, outcomes out, until the parent goes."""
    os.environ.clear()  # of the server; the GPU is looked up when the first job uses it
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("metst").setLevel(level)
    # Closing the pipe shows the end at once: a process that has used torch takes seconds to leave.
    with pipe, suppress(KeyboardInterrupt, EOFError):  # a job that ended early; a parent that went
        while True:
            pipe.send(attempt(function, pipe.recv()))


def _leave_with_parent() -> None:
    """End this process when its parent is gone, however it went.

    A worker that outlived a killed parent would write beside the workers of the next run.
    """
    parent = mp.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
