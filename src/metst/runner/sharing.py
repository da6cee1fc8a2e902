"""Folds that other processes work on: who they are, and what they leave undone."""

import logging
import time
from collections.abc import Sequence

from metst.results.ledger import RunFolder

_log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
"""How often the folds of others are checked."""


def wait_for_others(run: RunFolder, subjects: Sequence[str]) -> list[str]:
    """Wait until a fold that another process holds is left unfinished, or all of them are free.

    Logs first who holds them. A fold that was finished or has failed there needs no more work.

    Returns:
        The folds that still need work: some were left by a process that was stopped or killed.
    """
    waiting = {s: holder for s in subjects if (holder := run.fold(s).lock.holder())}
    if waiting:
        held = "; ".join(f"fold {subject} is run by {who}" for subject, who in waiting.items())
        _log.warning("waiting: %s", held)
    left = [s for s in subjects if s not in waiting and _unfinished(run, s)]
    while waiting and not left:
        time.sleep(LOOK_SECONDS)
        free = [s for s in waiting if run.fold(s).lock.holder() is None]
        waiting = {s: who for s, who in waiting.items() if s not in free}
        left = [s for s in free if _unfinished(run, s)]
    return [*left, *waiting] if left else []


def _unfinished(run: RunFolder, subject: str) -> bool:
    fold = run.fold(subject)
    return not fold.done and fold.status().state != "failed"
