"""Waiting for what other processes do."""

import time
from collections.abc import Callable

DEADLINE = 240.0
"""Seconds that a busy machine may take to come to what is waited for."""


def wait_until(condition: Callable[[], bool]) -> None:
    """Return when the condition holds; fail after `DEADLINE` seconds."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
