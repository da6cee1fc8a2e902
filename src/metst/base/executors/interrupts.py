"""Ctrl-C while several workers are busy: a wish, not an exception at a random place."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker

STOPPING = b"\nstopping: waiting for the running jobs to end early; once more ends them at once\n"


@contextmanager
def on_interrupt(heard: Callable[[], None]) -> Iterator[None]:
    """Inside, Ctrl-C calls `heard` and raises nothing; the first one is acknowledged."""
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
        heard()

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def without_interrupts() -> Iterator[None]:
    """Processes and threads started inside never see Ctrl-C, not even while they start."""
    resource_tracker.ensure_running()  # multiprocessing unblocks the signal when it starts this
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
