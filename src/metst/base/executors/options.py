"""The choice of an executor."""

from dataclasses import dataclass
from typing import Literal

from metst.base.errors import ConfigError
from metst.base.executors.base import Executor
from metst.base.executors.dask import Dask, LocalDask
from metst.base.executors.machine import (
    WORKER_MEMORY,
    fitting_workers,
    free_memory,
    places,
    usable_cores,
    usable_gpus,
)
from metst.base.executors.processes import Processes
from metst.base.executors.serial import Serial


@dataclass(frozen=True)
class ExecutorOptions:
    """Where extraction and folds run; changes no number.

    Attributes:
        kind: serial: one job after the other, in this process; process: processes of this machine;
            dask: a Dask cluster (the extra `dask`); auto: dask with a scheduler, else process.
        workers: processes of this machine; 0 takes as many as fit.
        scheduler: address of a running Dask scheduler, such as tcp://host:8786.
    """

    kind: Literal["auto", "serial", "process", "dask"] = "auto"
    workers: int = 0
    scheduler: str | None = None

    def __post_init__(self) -> None:
        """Refuse contradictions."""
        wrong = None
        if self.workers < 0:
            wrong = f"executor.workers: expected 0 (as many as fit) or more, got {self.workers}"
        elif self.kind == "serial" and self.workers > 1:
            wrong = f"executor.kind serial runs one job at a time, got workers {self.workers}"
        elif self.scheduler and self.kind in ("serial", "process"):
            wrong = f"executor.scheduler belongs to executor.kind dask, got kind {self.kind}"
        elif self.scheduler and self.workers:
            wrong = (
                f"executor.scheduler: the cluster there has its own workers, "
                f"got workers {self.workers}"
            )
        if wrong:
            raise ConfigError(wrong)


def make_executor(
    options: ExecutorOptions,
    *,
    threads: int = 1,
    memory: int = WORKER_MEMORY,
    gpus: bool = False,
) -> Executor:
    """The executor that is asked for.

    Args:
        options: the user's choice.
        threads: CPU threads of one job.
        memory: bytes of one job.
        gpus: whether the jobs compute on GPUs where there are some; processes share them then, as
            many on each as its memory allows.

    Raises:
        ConfigError: the extra `dask` is not installed.
    """
    if options.kind == "serial":
        return Serial()
    if options.scheduler:
        return Dask(options.scheduler)
    found = usable_gpus() if gpus and options.workers != 1 else []
    fit = fitting_workers(usable_cores(), free_memory(), found, threads=threads, each=memory)
    workers = options.workers or fit
    if options.kind == "dask":
        return LocalDask(workers)
    return Processes(workers, places(found))
