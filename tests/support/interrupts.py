"""Ctrl-C at the right moment."""

import os
import signal
import threading
import time
from pathlib import Path


def interrupt_when(begun: list[Path], times: int) -> threading.Thread:
    """A thread that sends Ctrl-C to this process when jobs have begun."""

    def send() -> None:
        while not all(path.exists() for path in begun):
            time.sleep(0.01)
        for _ in range(times):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.3)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    return thread
