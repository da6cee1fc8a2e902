"""Annotations as a table beside the predictions: with both, every score can be computed again."""

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pandas as pd

from metst.files import write_atomic
from metst.labels.records import EMOTIONS, Expression, Kind, Recording, Timebase
from metst.results.rows import is_number, is_whole, read_rows, refuse

ANNOTATIONS: tuple[str, ...] = (
    "subject",
    "video",
    "frames",
    "fps",
    "skip",
    "first",
    "kind",
    "onset",
    "apex",
    "offset",
    "emotion",
    "label",
)
"""One row per expression; a video without any has one row with an empty `kind`. `frames` counts
sub-sampled frames, `fps`, `skip` and `first` tell how they are numbered (`Timebase`)."""

_REQUIRED = ("subject", "video", "frames", "fps", "onset", "offset", "emotion")
_KINDS: tuple[str, ...] = get_args(Kind)


def write_annotations(recordings: Sequence[Recording], path: Path) -> None:
    """Write recordings and what is annotated in them as CSV, atomically; not the row numbers."""
    rows: list[tuple[object, ...]] = []
    for r in recordings:
        video = (r.subject, r.video, r.frames, r.timebase.fps, r.timebase.skip, r.timebase.first)
        rows += [
            (*video, e.kind, e.onset, e.apex, e.offset, e.emotion, e.label) for e in r.expressions
        ] or [(*video, *[None] * 6)]
    table = pd.DataFrame(rows, columns=list(ANNOTATIONS), dtype=object)
    write_atomic(path, table.to_csv(index=False, lineterminator="\n").encode())


def read_annotations(path: Path) -> tuple[Recording, ...]:
    """Read what `write_annotations` wrote, or a table made by hand.

    Needed are the columns subject, video, frames, fps, onset, offset and emotion. Without the
    others every frame is kept, the first has number 1, and every expression is a micro-expression.

    Raises:
        PredictionsError: the file cannot be read, a column is missing, or rows are bad.
    """
    problems: list[str] = []
    videos: dict[tuple[str, str], tuple[int, Timebase]] = {}
    expressions: dict[tuple[str, str], list[Expression]] = {}
    for line, row in read_rows(path, _REQUIRED):
        reason = _reason(row)
        if reason is None:
            key = row["subject"], row["video"]
            facts = int(float(row["frames"])), _timebase(row)
            if videos.setdefault(key, facts) != facts:
                reason = f"{'/'.join(key)} has other frames, fps, skip or first than before"
            found = expressions.setdefault(key, [])
            if row["onset"]:
                found.append(_expression(row))
        if reason is not None:
            problems.append(f"line {line}: {reason}")
    refuse(path, problems)
    return tuple(
        Recording(subject, video, frames, timebase, tuple(expressions[subject, video]))
        for (subject, video), (frames, timebase) in videos.items()
    )


def _reason(row: dict[str, str]) -> str | None:
    """Why a row cannot be used; None where it can."""
    if not row["subject"] or not row["video"]:
        return "subject or video is empty"
    if not is_number(row["fps"]) or float(row["fps"]) <= 0:
        return f"fps: expected a positive number, got {row['fps']!r}"
    whole = {
        name: row.get(name, "") for name in ("frames", "skip", "first", "onset", "apex", "offset")
    }
    for name, value in whole.items():
        if (value or name == "frames") and not is_whole(value):
            return f"{name}: expected a whole number, got {value!r}"
    if row.get("skip") and int(float(row["skip"])) < 1:
        return f"skip: expected at least 1, got {row['skip']}"
    if not row["onset"]:
        return "offset without an onset" if row["offset"] else None
    if not row["offset"]:
        return "onset without an offset"
    if row.get("kind", "micro") not in _KINDS:
        return f"kind: expected one of {', '.join(_KINDS)}, got {row['kind']!r}"
    if row["emotion"] not in ("", *EMOTIONS):
        return f"emotion: expected one of {', '.join(EMOTIONS)} or none, got {row['emotion']!r}"
    return None


def _timebase(row: dict[str, str]) -> Timebase:
    skip, first = (int(float(row.get(name) or 1)) for name in ("skip", "first"))
    return Timebase(float(row["fps"]), skip, first)


def _expression(row: dict[str, str]) -> Expression:
    kinds: dict[str, Kind] = {"micro": "micro", "macro": "macro", "blink": "blink"}
    return Expression(
        row["subject"],
        row["video"],
        int(float(row["onset"])),
        int(float(row["apex"])) if row.get("apex") else None,
        int(float(row["offset"])),
        kinds[row.get("kind", "micro")],
        row["emotion"] or None,
        row.get("label", row["emotion"]),
    )
