"""Ctrl-C while several workers are busy: a request, not an exception at a random place."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker

STOPPING = b"\nstopping: waiting for the running jobs to end early; once more ends them at once\n"


@contextmanager
def on_interrupt(react: Callable[[], None]) -> Iterator[None]:
    """Inside, Ctrl-C calls `react` and raises nothing; the first one is acknowledged."""
    # Python delivers signals to the main thread alone; ignored ones stay ignored (nohup).
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is signal.SIG_IGN:
        yield
        return
    asked = False

    def handle(*_: object) -> None:
        nonlocal asked
        if not asked:
            os.write(2, STOPPING)  # a logger may be in the middle of a line
        asked = True
        react()

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def blocked(*signals: signal.Signals) -> Iterator[None]:
    """Processes and threads started inside do not receive these signals, from their start on."""
    resource_tracker.ensure_running()  # multiprocessing unblocks signals when it starts this
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
