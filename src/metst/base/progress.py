"""How far long work has come: one bar on a terminal, plain lines in a log."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

_log = logging.getLogger(__name__)

LINE_SECONDS = 10.0
"""Least time between two plain lines: a log stays readable over hours."""


class Advance(Protocol):
    """Reports that n more units are done."""

    def __call__(self, n: int = 1) -> None:
        """N more units are done."""


@contextmanager
def progress(title: str, total: int, unit: str) -> Iterator[Advance]:
    """Show the progress of `total` units of work; yields a function that counts n more.

    On a terminal a bar is drawn on standard error. Elsewhere a line is logged at most every
    `LINE_SECONDS` and one at the end, which carries the rate. With the log level above INFO
    (`-q`), or without any work, nothing is shown.
    """
    if not total or not _log.isEnabledFor(logging.INFO):
        yield _ignore
        return
    console = Console(stderr=True)
    shown = _bar(console, title, total, unit) if console.is_terminal else _lines(title, total, unit)
    with shown as advance:
        yield advance


def _ignore(n: int = 1) -> None:
    """Progress that nobody wants to see."""


@contextmanager
def _bar(console: Console, title: str, total: int, unit: str) -> Iterator[Advance]:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit, markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=total)

        def advance(n: int = 1) -> None:
            bar.advance(task, n)

        yield advance


@contextmanager
def _lines(title: str, total: int, unit: str) -> Iterator[Advance]:
    start = last = time.monotonic()
    done = 0

    def advance(n: int = 1) -> None:
        nonlocal done, last
        done += n
        now = time.monotonic()
        if now - last >= LINE_SECONDS and done < total:
            last = now
            _log.info("%s: %d of %d %s", title, done, total, unit)

    yield advance
    seconds = time.monotonic() - start
    rate = done / max(seconds, 1e-9)
    _log.info("%s: %d of %d %s in %.1f s (%.0f/s)", title, done, total, unit, seconds, rate)
