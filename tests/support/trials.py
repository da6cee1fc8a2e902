"""Made-up trials, and scores written down independently."""

from collections.abc import Sequence

import numpy as np

from metst.datasets.labels import EMOTIONS
from metst.runner.sweeps.folder import Record, State

Subject = tuple[int, int, int]
"""Found, false and missed micro-expressions, all found ones with the right emotion."""


def record(
    number: int,
    subjects: Sequence[Subject],
    state: State = "done",
    emotions: Sequence[str] = EMOTIONS,
) -> Record:
    """A trial whose micro-expressions are all negative; subjects are called s0, s1, ..."""
    counts = {f"s{i}": numbers(*subject, len(emotions)) for i, subject in enumerate(subjects)}
    return Record(
        digest=f"trial{number}",
        number=number,
        settings={"model.lr": 10.0**-number, "model.peak": 0.5},
        network=f"network{number}",
        state=state,
        counts=counts,
        emotions=list(emotions),
        analyzed=list(emotions[:1]),
        subjects=len(subjects),
        scores={"strict/strs": strs(subjects)},
        interval=[0.0, 1.0],
        stop={"after": len(subjects), "margin": 0.1, "best": 0.5} if state == "stopped" else {},
    )


def numbers(tp: int, fp: int, fn: int, classes: int) -> list[int]:
    confusion = np.zeros((classes, classes + 1), dtype=int)
    confusion[0, 0] = tp
    annotated = np.zeros(classes, dtype=int)
    annotated[0] = tp + fn
    return [tp, fp, fn, *confusion.ravel().tolist(), *annotated.tolist()]


def strs(subjects: Sequence[Subject]) -> float:
    """With every emotion right, recognition is perfect wherever anything is found."""
    tp, fp, fn = (sum(column) for column in zip(*subjects, strict=True))
    return 2 * tp / (2 * tp + fp + fn) if tp else 0.0
