"""What became of every prediction: found, false or withdrawn, how late, and over what."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from metst.datasets.labels.records import Expression, Recording
from metst.datasets.labels.strict import strict_samples
from metst.scoring.metrics.matched import Matched
from metst.scoring.protocols import get_protocol
from metst.scoring.protocols.protocol import Compared, select
from metst.scoring.settings import IOU

NOTHING = "nothing"

OUTCOMES = ("found", "false", "withdrawn")
OVER = ("micro", "macro", "blink", NOTHING)

_ADDED = (
    "outcome",
    "iou",
    "true_onset",
    "true_apex",
    "true_offset",
    "true_emotion",
    "onset_error_ms",
    "apex_error_ms",
    "offset_error_ms",
    "over",
)


def outcomes(
    predictions: pd.DataFrame, recordings: Sequence[Recording], synergy: str, iou: float = IOU
) -> pd.DataFrame:
    """The predictions of one strategy with what became of them under the `strict` rules.

    Columns beside those of the table: `outcome` is found, false or withdrawn; for a find `iou`,
    the annotation (`true_...`) and the errors in milliseconds, late is positive (NaN where the
    frame rate is not known); `over` is the kind of what a find has found, else of the annotated
    expression that a prediction shares most frames with: micro, macro, blink or nothing.
    """
    scoring = get_protocol("strict", iou=iou)
    chosen = select(predictions, scoring.table, synergy)
    rows = chosen.to_dict("records")
    added: list[dict[str, Any]] = [{} for _ in rows]
    for compared in scoring.compared(predictions, recordings, synergy).values():
        matched = scoring.judge(compared, synergy)
        for place, values in _of_subject(compared, matched, rows):
            added[place] = values
    result = chosen.reset_index(drop=True)
    return result.join(pd.DataFrame(added, columns=list(_ADDED)))


def count_outcomes(table: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Predictions of an `outcomes` table by outcome and by what they lie over.

    What is withdrawn over blinks and macro-expressions are the distractors that a strategy
    rejected.
    """
    return {
        outcome: {
            kind: int(((table["outcome"] == outcome) & (table["over"] == kind)).sum())
            for kind in OVER
        }
        for outcome in OUTCOMES
    }


def _of_subject(
    subject: Compared, matched: Matched, rows: Sequence[dict[Any, Any]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Place in the table and the added values of each prediction of a subject."""
    annotated = [e for video in subject.videos for e in strict_samples(video).expressions]
    owner = matched.owner.tolist()
    found = matched.found.tolist()
    finds = {o: e for o, f, e in zip(owner, found, annotated, strict=True) if f}
    kept = matched.kept.tolist()
    videos = matched.predicted.video.tolist()
    for index, place in enumerate(subject.rows):
        recording, row = subject.videos[videos[index]], rows[place]
        values: dict[str, Any] = {"over": _over(row["onset"], row["offset"], recording)}
        if index in finds:
            # A find lies over what it found, also where a longer expression covers both.
            values = {"over": finds[index].kind, "outcome": "found"}
            values |= _errors(row, finds[index], recording)
        else:
            values["outcome"] = "false" if kept[index] else "withdrawn"
        yield place, values


def _errors(row: dict[Any, Any], true: Expression, recording: Recording) -> dict[str, Any]:
    """The annotation that was found and how far off its find is."""
    fps = recording.timebase.fps
    to_ms = 1000.0 / fps if fps else math.nan
    shared = min(row["offset"], true.offset) - max(row["onset"], true.onset) + 1
    union = max(row["offset"], true.offset) - min(row["onset"], true.onset) + 1
    values: dict[str, Any] = {
        "iou": shared / union,
        "true_onset": true.onset,
        "true_apex": true.apex,
        "true_offset": true.offset,
        "true_emotion": true.emotion,
        "onset_error_ms": (row["onset"] - true.onset) * to_ms,
        "offset_error_ms": (row["offset"] - true.offset) * to_ms,
    }
    if true.apex is not None:
        values["apex_error_ms"] = (row["apex"] - true.apex) * to_ms
    return values


def _over(onset: int, offset: int, recording: Recording) -> str:
    """Kind of the expression that shares most frames with an interval."""
    kind, most = NOTHING, 0
    for e in recording.expressions:
        shared = min(offset, e.offset) - max(onset, e.onset) + 1
        if shared > most:
            kind, most = e.kind, shared
    return kind
