"""Stopping by a signal: the first one ends a fold with its epoch, the second one at once.

Ctrl-C sends SIGINT. SIGTERM is what Slurm sends before it takes a node away, and what an executor
sends to its workers after Ctrl-C.
"""

import multiprocessing as mp
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)

NOTICE = b"\nstopping at the end of this epoch; the same once more stops at once\n"


class Stop:
    """Whether the running fold is to end.

    Attributes:
        wanted: a signal came.
    """

    def __init__(self) -> None:
        self.wanted = False

    def listen(self) -> None:
        """Handle the signals; call it again where a library has installed handlers since.

        A signal that the process ignores stays ignored. Only a main thread can handle signals:
        in others this does nothing.
        """
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    signal.signal(number, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.wanted:
            signal.default_int_handler(number, frame)  # raises KeyboardInterrupt
        self.wanted = True
        if mp.parent_process() is None:  # workers leave this to their parent
            os.write(2, NOTICE)  # a logger may be in the middle of a line


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Inside, the first signal is noted and the second raises `KeyboardInterrupt`."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    stop = Stop()
    stop.listen()
    try:
        yield stop
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in before.items():
                if handler is not None:  # None: not installed from Python
                    signal.signal(number, handler)


@contextmanager
def sigterm_is_ctrl_c() -> Iterator[None]:
    """Inside, SIGTERM does what SIGINT does at that moment; where SIGINT is ignored, interrupts."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            signal.default_int_handler(number, frame)
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
