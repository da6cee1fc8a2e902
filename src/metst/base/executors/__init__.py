"""Jobs that do not depend on each other: in this process, in several, or on a Dask cluster.

Folds and extraction both run through an `Executor`.
"""

from metst.base.executors.base import Executor, Outcome
from metst.base.executors.dask import Dask, LocalDask, stop_wanted
from metst.base.executors.machine import usable_cores
from metst.base.executors.marks import Mark, marked
from metst.base.executors.options import ExecutorOptions, make_executor
from metst.base.executors.processes import Processes
from metst.base.executors.serial import Serial

__all__ = [
    "Dask",
    "Executor",
    "ExecutorOptions",
    "LocalDask",
    "Mark",
    "Outcome",
    "Processes",
    "Serial",
    "make_executor",
    "marked",
    "stop_wanted",
    "usable_cores",
]
