"""Which expressions are judged: micro-expressions, or on request macro-expressions, or both."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd

from metst.datasets.labels.records import Expression, Kind, Recording

JudgedKind = Literal["micro", "macro", "all"]
"""Kind of expressions that are judged; `all` are micro- and macro-expressions."""


def judged_as_micro(recording: Recording, kind: JudgedKind) -> Recording:
    """The recording with the expressions of a kind as its micro-expressions, others as macro."""
    if kind == "micro":
        return recording
    wanted = ("macro",) if kind == "macro" else ("micro", "macro")

    def turned(e: Expression) -> Expression:
        other: Kind = "blink" if e.kind == "blink" else "macro"
        return replace(e, kind="micro" if e.kind in wanted else other)

    return replace(recording, expressions=tuple(turned(e) for e in recording.expressions))


def without_emotions(recording: Recording) -> Recording:
    """All emotions are the empty word, which every protocol takes for known: spotting alone."""
    blank = tuple(replace(e, emotion="", label="") for e in recording.expressions)
    return replace(recording, expressions=blank)


def of_kind(
    predictions: pd.DataFrame, recordings: Sequence[Recording], kind: JudgedKind
) -> tuple[pd.DataFrame, tuple[Recording, ...]]:
    """Predictions and recordings with the expressions of a kind in the place of MEs.

    The tables name emotions of micro-expressions alone: of other kinds, spotting is judged.
    """
    kept = predictions if kind == "all" else predictions[predictions["kind"] == kind]
    if kind == "micro":
        return kept, tuple(recordings)
    return kept, tuple(without_emotions(judged_as_micro(r, kind)) for r in recordings)
