"""Jobs that do not depend on each other: in this process, in several, or on a Dask cluster.

Folds and extraction both run through an `Executor`.
"""

from metst.executors.base import Executor, Outcome
from metst.executors.dask import Dask, LocalDask, stop_wanted
from metst.executors.machine import usable_cores
from metst.executors.marks import Mark, marked
from metst.executors.options import ExecutorOptions, make_executor
from metst.executors.processes import Processes
from metst.executors.serial import Serial

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
