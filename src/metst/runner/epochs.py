"""The epochs of all folds as one progress, read from their status files."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from metst.base.progress import progress
from metst.results.ledger import FoldFolder

POLL_SECONDS = 0.5
"""How often the status files are read."""


@contextmanager
def shown_epochs(folds: Sequence[FoldFolder], label: str = "") -> Iterator[None]:
    """Inside, the epochs of all folds are shown, behind a label."""
    stop = threading.Event()

    def epochs() -> int:
        return sum(fold.status().epoch for fold in folds)

    def follow() -> None:
        known = max([s.epochs for s in (f.status() for f in folds)], default=0)
        while not known and not stop.wait(POLL_SECONDS):
            known = max(f.status().epochs for f in folds)
        with progress(f"{label}folds", known * len(folds), "epochs") as advance:
            seen = 0
            while not stop.wait(POLL_SECONDS):
                now = epochs()
                advance(now - seen)
                seen = now
            advance(epochs() - seen)

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
