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
    """Reports that n more units are done, and how the work stands (`loss 0.21`)."""

    def __call__(self, n: int = 1, note: str = "") -> None:
        """N more units are done; the note stays until the next one."""


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


def _ignore(n: int = 1, note: str = "") -> None:
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
        TextColumn("{task.fields[note]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=total, note="")

        def advance(n: int = 1, note: str = "") -> None:
            bar.advance(task, n)
            if note:
                bar.update(task, note=note)

        yield advance


@contextmanager
def _lines(title: str, total: int, unit: str) -> Iterator[Advance]:
    start = last = time.monotonic()
    done, known = 0, ""

    def advance(n: int = 1, note: str = "") -> None:
        nonlocal done, last, known
        done += n
        known = f", {note}" if note else known
        now = time.monotonic()
        if now - last >= LINE_SECONDS and done < total:
            last = now
            _log.info("%s: %d of %d %s%s", title, done, total, unit, known)

    yield advance
    seconds = time.monotonic() - start
    rate = f"({done / max(seconds, 1e-9):.0f}/s)"
    _log.info("%s: %d of %d %s in %.1f s %s%s", title, done, total, unit, seconds, rate, known)
