"""Annotations as a table beside the predictions: with both, every score can be computed again."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import get_args

import pandas as pd

from metst.base.files import write_atomic
from metst.datasets.labels.records import EMOTIONS, NEUTRAL, Expression, Kind, Recording, Timebase
from metst.results.rows import Row, number_problem, read_rows, refuse, shown, whole_problem

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
sub-sampled frames, `fps`, `skip` and `first` define how they are numbered (`Timebase`)."""

_REQUIRED = ("subject", "video", "onset", "offset")
_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
_OURS_ONLY = {"negative", "positive"}
"""Classes that no other vocabulary has: beside them an unknown emotion is a mistake."""


def write_annotations(recordings: Sequence[Recording], path: Path) -> None:
    """Write recordings and what is annotated in them as CSV, atomically; not the row numbers."""
    rows: list[tuple[object, ...]] = []
    for r in recordings:
        fps = r.timebase.fps or None
        video = (r.subject, r.video, r.frames, fps, r.timebase.skip, r.timebase.first)
        rows += [
            (*video, e.kind, e.onset, e.apex, e.offset, e.emotion, " ".join(e.label.split()))
            for e in r.expressions
        ] or [(*video, *[None] * 6)]
    table = pd.DataFrame(rows, columns=list(ANNOTATIONS), dtype=object)
    write_atomic(path, table.to_csv(index=False, lineterminator="\n").encode())


def read_annotations(path: Path) -> tuple[Recording, ...]:
    """Read what `write_annotations` wrote, or a table made by hand.

    Needed are the columns subject, video, onset and offset. Without `frames` (or where it is 0) the
    length of a video is not known, and nothing is beyond its end. Without `first` frames are
    counted from 1, or from 0 where some onset is 0. Without the other columns every frame is kept,
    every expression is a micro-expression, and no emotion is named. Emotions are `EMOTIONS`, or
    words of the table's own; `row` of an expression is its line.

    Raises:
        PredictionsError: the file cannot be read, a column is missing, or rows are bad.
    """
    rows = read_rows(path, _REQUIRED)
    refuse(path, [f"line {line}: {why}" for line, row in rows for why in _problems(row)])
    first = 0 if any(row["onset"] and float(row["onset"]) == 0 for _, row in rows) else 1
    videos: dict[tuple[str, str], tuple[int, Timebase]] = {}
    expressions: dict[tuple[str, str], list[Expression]] = {}
    problems: list[str] = []
    for line, row in rows:
        key = row["subject"], row["video"]
        facts = int(float(row.get("frames") or 0)), _timebase(row, first)
        if videos.setdefault(key, facts) != facts:
            video = "/".join(key)
            problems.append(
                f"line {line}: {video} has other frames, fps, skip or first than before"
            )
        found = expressions.setdefault(key, [])
        if row["onset"]:
            found.append(_expression(line, row))
    refuse(path, problems or list(_mixed_emotions(expressions.values())))
    return tuple(
        Recording(subject, video, frames, timebase, tuple(expressions[subject, video]))
        for (subject, video), (frames, timebase) in videos.items()
    )


def _problems(row: Row) -> Iterator[str]:
    """The first reason why a row cannot be used, if any."""
    reason = _place_problem(row) or _expression_problem(row)
    if reason is not None:
        yield reason


def _place_problem(row: Row) -> str | None:
    """What is wrong with the video of a row and its frames."""
    if not row["subject"] or not row["video"]:
        return "subject or video is empty"
    if row.get("fps") and (why := number_problem(row["fps"], 1e-3, 1e6, "a positive number")):
        return f"fps: {why}"
    for name, least in (("frames", 0), ("skip", 1), ("first", 0)):
        if row.get(name) and (why := whole_problem(row[name], least)):
            return f"{name}: {why}"
    return None


def _expression_problem(row: Row) -> str | None:
    """What is wrong with the expression of a row."""
    for name in ("onset", "apex", "offset"):
        if row.get(name) and (why := whole_problem(row[name], what="a whole frame number")):
            return f"{name}: {why}"
    if not row["onset"]:
        return "offset without an onset" if row["offset"] else None
    if not row["offset"]:
        return "onset without an offset"
    if row.get("kind", "micro") not in _KINDS:
        return f"kind: expected one of {', '.join(_KINDS)}, got {shown(row['kind'])}"
    if row.get("emotion", "").lower() == NEUTRAL:
        return f"emotion: expected one of {', '.join(EMOTIONS)} or none, got {NEUTRAL!r}"
    return None


def _mixed_emotions(videos: Iterable[list[Expression]]) -> Iterator[str]:
    """Unknown emotions beside classes of ours: mistakes, not a vocabulary of the table's own."""
    rows = [e for video in videos for e in video if e.emotion]
    if not any(e.emotion in _OURS_ONLY for e in rows):
        return
    for e in rows:
        if e.emotion not in EMOTIONS:
            expected = f"expected one of {', '.join(EMOTIONS)} or none"
            yield f"line {e.row}: emotion: {expected}, got {shown(e.label)}"


def _timebase(row: Row, first: int) -> Timebase:
    skip = int(float(row.get("skip") or 1))
    return Timebase(float(row.get("fps") or 0), skip, int(float(row.get("first") or first)))


def _expression(line: int, row: Row) -> Expression:
    emotion = row.get("emotion", "")
    return Expression(
        row["subject"],
        row["video"],
        int(float(row["onset"])),
        int(float(row["apex"])) if row.get("apex") else None,
        int(float(row["offset"])),
        _KINDS[row.get("kind", "micro")],
        emotion.lower() or None,
        row.get("label", emotion),
        line,
    )
