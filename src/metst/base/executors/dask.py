"""Jobs on a Dask cluster: a running one, or one of processes on this machine.

Dask runs the job of a worker that dies on another one, and the executor gives work to workers that
join late. A worker process runs one job at a time, in a thread, however many threads it has: jobs
set random seeds and thread counts of their process.

Ctrl-C: no new job begins, and the running ones may ask `stop_wanted`, to end early by raising
KeyboardInterrupt; when they have ended, `run` raises KeyboardInterrupt. A second Ctrl-C waits for
none of them.

The package `distributed` is the extra `dask`, and imported only here and only when it is used.
"""

import importlib.util
import logging
import signal
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Generic

from metst.base.errors import ConfigError, MetstError
from metst.base.executors.base import J, Outcome, R, attempt
from metst.base.executors.interrupts import blocked, on_interrupt
from metst.base.executors.server import ONE_THREAD

if TYPE_CHECKING:
    from distributed import Client, Future

_log = logging.getLogger(__name__)

CONNECT_SECONDS = 30
"""How long a scheduler may take to answer."""

LOOK_SECONDS = 1.0
"""How often workers that have joined are looked for."""

ALLOWED_DEATHS = 20
"""Deaths of workers that a job of the local cluster survives; a running cluster has its own."""

DISTRIBUTED, NANNY = "distributed", "distributed.nanny"
"""Loggers of Dask: of everything, and of those who look after local workers."""

_one_job = threading.Lock()
"""Held by the job that runs in this worker process."""

_running = threading.local()
"""What the job in this thread belongs to."""


class Dask:
    """Runs jobs on the workers of a running cluster.

    The workers need this package, the modules that the jobs name, and the files that the jobs read
    under the same paths.

    Args:
        scheduler: its address, such as tcp://host:8786.

    Raises:
        ConfigError: the package `distributed` is not installed.
    """

    elsewhere = True

    def __init__(self, scheduler: str) -> None:
        _need_distributed()
        self.scheduler = scheduler

    def run(self, function: Callable[[J], R], jobs: Sequence[J]) -> Iterator[Outcome[J, R]]:
        """See `Executor.run`, and the top of this file for Ctrl-C.

        Raises:
            MetstError: no scheduler answers there.
        """
        if not jobs:
            return
        from distributed import Client

        try:
            client = Client(self.scheduler, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            msg = (
                f"executor.scheduler: no Dask scheduler answers at {self.scheduler} ({error}); "
                "start one with `dask scheduler`, or take its address from its first lines"
            )
            raise MetstError(msg) from error
        with _quiet(), client:
            yield from _Work(client, function, jobs).outcomes()


class LocalDask:
    """Runs jobs on a Dask cluster of its own, which listens on the loopback interface alone.

    Args:
        workers: processes.

    Raises:
        ConfigError: the package `distributed` is not installed.
    """

    elsewhere = True

    def __init__(self, workers: int) -> None:
        _need_distributed()
        self.workers = workers

    def run(self, function: Callable[[J], R], jobs: Sequence[J]) -> Iterator[Outcome[J, R]]:
        """See `Executor.run`, and the top of this file for Ctrl-C."""
        if not jobs:
            return
        import dask.config
        from distributed import Client, LocalCluster

        settings = {"distributed.scheduler.allowed-failures": ALLOWED_DEATHS}
        with ExitStack() as stack:
            stack.enter_context(_quiet())
            stack.enter_context(dask.config.set(settings))
            with blocked(signal.SIGINT):
                cluster = LocalCluster(
                    n_workers=min(self.workers, len(jobs)),
                    threads_per_worker=1,
                    host="127.0.0.1",
                    scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
                    memory_limit=0,  # none: Dask would kill a worker that has a large data set
                    env=ONE_THREAD,
                )
            stack.enter_context(cluster)
            # On its way out it would warn that it kills workers which take seconds to leave torch.
            stack.callback(logging.getLogger(NANNY).setLevel, logging.ERROR)
            client = stack.enter_context(Client(cluster))
            yield from _Work(client, function, jobs).outcomes()


def stop_wanted() -> bool:
    """Asked by a job: whether its executor wants it to end early; False outside of Dask."""
    work = getattr(_running, "work", None)
    if work is None:
        return False
    from distributed import Event, get_worker

    return bool(Event(work, client=get_worker().client).is_set())


def scratch_folder() -> Path:
    """Folder of this Dask worker for files that the jobs after this one may find again."""
    from distributed import get_worker

    # The worker's own folder goes with it; the one above outlives it.
    return Path(get_worker().local_directory).parent / "metst"


class _Work(Generic[J, R]):
    """Jobs and a client of a cluster.

    As many jobs are given to the scheduler as there are workers, and not more: a job that waits
    behind another on a slow worker would not move to a worker that comes late.
    """

    def __init__(self, client: "Client", function: Callable[[J], R], jobs: Sequence[J]) -> None:
        self.client, self.function, self.jobs = client, function, jobs
        self.name = f"metst-{uuid.uuid4().hex}"
        self.waiting = deque(range(len(jobs)))
        self.running: dict[Future[Outcome[J, R] | None], int] = {}
        self.interrupts = 0

    def outcomes(self) -> Iterator[Outcome[J, R]]:
        workers, place = len(self.client.nthreads()), self.client.scheduler.address
        _log.info("%d jobs on the Dask cluster %s of %d workers", len(self.jobs), place, workers)
        with on_interrupt(self._interrupt):
            try:
                while self._give() or self.running:
                    yield from self._finished()
            finally:
                # Whoever iterates may have gone at the first sign of the end.
                while self.interrupts == 1 and self.running:
                    for _ in self._finished():
                        pass
                self.client.cancel(list(self.running), force=True)
        if self.interrupts:
            raise KeyboardInterrupt

    def _interrupt(self) -> None:
        self.interrupts += 1

    def _give(self) -> bool:
        """Give jobs to idle workers; returns whether jobs still wait."""
        if self.interrupts > 1:
            self.running.clear()
        if self.interrupts:
            return False
        idle = len(self.client.nthreads()) - len(self.running)
        for _ in range(min(idle, len(self.waiting))):
            index = self.waiting.popleft()
            job = (_on_worker, self.function, self.jobs[index], self.name)
            self.running[self.client.submit(*job, pure=False)] = index
        return bool(self.waiting)

    def _finished(self) -> Iterator[Outcome[J, R]]:
        """Wait a little; the outcomes that came meanwhile.

        Raises:
            MetstError: the scheduler has gone.
        """
        from distributed import CancelledError, Event, wait

        if self.interrupts == 1:
            Event(self.name, client=self.client).set()
        if not self.running:
            time.sleep(LOOK_SECONDS)  # until workers join
            return
        try:
            done = wait(list(self.running), LOOK_SECONDS, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            return
        except CancelledError as error:
            msg = "the Dask scheduler has gone; what was finished is kept: run again to go on"
            raise MetstError(msg) from error
        for future in done:
            outcome = self._outcome(self.jobs[self.running.pop(future)], future)
            if outcome is not None:
                yield outcome

    def _outcome(self, job: J, future: "Future[Outcome[J, R] | None]") -> Outcome[J, R] | None:
        """What became of a job; None where it ended early."""
        from distributed import KilledWorker

        error = future.exception()
        if isinstance(error, KilledWorker):
            return Outcome(job, error=f"its Dask worker died again and again ({error})")
        if error is not None:  # of Dask's own: what a job raises is in its outcome
            return Outcome(job, error=f"on the Dask worker: {type(error).__name__}: {error}")
        outcome = future.result()
        return outcome and Outcome(job, outcome.result, outcome.error)


def _on_worker(function: Callable[[J], R], job: J, work: str) -> Outcome[J, R] | None:
    """Run one job in this thread of a Dask worker; None if it ended early."""
    with _one_job:
        _running.work = work
        try:
            return attempt(function, job)
        except KeyboardInterrupt:
            return None
        finally:
            del _running.work


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask logs every connection; only its warnings are shown."""
    loggers = [logging.getLogger(name) for name in (DISTRIBUTED, NANNY)]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _need_distributed() -> None:
    if importlib.util.find_spec("distributed") is None:
        msg = 'executor.kind dask needs a package that is not installed: pip install "metst[dask]"'
        raise ConfigError(msg)
