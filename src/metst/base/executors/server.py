"""The fork server of this process: it imports what workers need, once; each worker is its fork.

Importing torch and lightning takes seconds, a fork milliseconds. A fork is safe because the server
only imports: it has one thread, and no context of a GPU. It ends with the last of this process and
its workers, and another is started where it has died.
"""

import multiprocessing as mp
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

from metst.base.executors.interrupts import blocked

ONE_THREAD = {
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    "OMP_WAIT_POLICY": "PASSIVE",  # or an OpenMP pool burns a core while it waits
}
"""Environment of every worker. Libraries read it when they are imported."""

_IMPORTING = {
    **ONE_THREAD,
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",  # whether there is a GPU: asked without a context
}
"""Environment of the server."""


def started_server() -> ForkServerContext:
    """The context whose processes are forks of the server, which runs or is started.

    What it imports is what this process has imported of this package when it is started. Forks
    have the environment of that moment, and SIGINT and SIGTERM blocked, as the server has: signals
    to a whole group of processes shall not end it while workers go on.
    """
    context = mp.get_context("forkserver")
    own, _, _ = __name__.partition(".")
    context.set_forkserver_preload([n for n in sys.modules if n.partition(".")[0] == own])
    with _environment(_IMPORTING), blocked(signal.SIGINT, signal.SIGTERM):
        forkserver.ensure_running()
    return context


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """Processes started inside inherit these variables."""
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
