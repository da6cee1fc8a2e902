"""The epochs of all folds as one progress, read from what they write while they train."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import mean

from metst.base.progress import progress
from metst.results.curves import last_of
from metst.results.ledger import FoldFolder

POLL_SECONDS = 0.5
"""How often the status files are read."""


@contextmanager
def shown_epochs(folds: Sequence[FoldFolder], label: str = "") -> Iterator[None]:
    """Inside, all epochs are shown behind a label, with the loss of the folds that train."""
    stop = threading.Event()

    def epochs() -> int:
        statuses = [fold.status() for fold in folds]  # one that is done may have ended early
        return sum(s.epochs if s.state == "done" else s.epoch for s in statuses)

    def follow() -> None:
        known = max([s.epochs for s in (f.status() for f in folds)], default=0)
        while not known and not stop.wait(POLL_SECONDS):
            known = max(f.status().epochs for f in folds)
        with progress(f"{label}folds", known * len(folds), "epochs") as advance:
            seen = 0
            while not stop.wait(POLL_SECONDS):
                now = epochs()
                if now > seen:
                    advance(now - seen, _loss(folds))
                seen = now
            advance(epochs() - seen)

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _loss(folds: Sequence[FoldFolder]) -> str:
    """Mean of the latest training losses of the folds that run now; empty where none is known."""
    running = [fold for fold in folds if fold.status().state == "running"]
    known = [loss for fold in running if (loss := last_of(fold.curves, "loss")) is not None]
    return f"loss {mean(known):.4f}" if known else ""
