"""The predictions table as a file: written, read, and checked row by row."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pandas as pd

from metst.base.files import write_atomic
from metst.datasets.labels.records import Recording
from metst.intervals.decoder import DECODERS
from metst.intervals.predictions import ANNOTATED, COLUMNS, WHOLE, predictions_table
from metst.intervals.synergy import STRATEGIES
from metst.results.rows import (
    PredictionsError,
    Row,
    number_problem,
    read_rows,
    refuse,
    shown,
    whole_problem,
)

BARE: tuple[str, ...] = ("subject", "video", "onset", "offset", "emotion")
"""Columns of a challenge submission."""

_REQUIRED = BARE[:4]
_KINDS = ("micro", "macro")
_VARIANTS = tuple(f"{d}/{name}" for d in DECODERS for name in (*STRATEGIES, ANNOTATED))


def write_predictions(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, atomically.

    Raises:
        PredictionsError: a column is missing.
    """
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise PredictionsError(path, f"the table to write lacks {', '.join(missing)}")
    text = table.to_csv(index=False, lineterminator="\n")
    write_atomic(path, text.encode())


def read_predictions(path: Path, recordings: Sequence[Recording] | None = None) -> pd.DataFrame:
    """Read a predictions table, or a bare one: subject, video, onset, offset, perhaps emotion.

    A bare table is judged the same way by every protocol and strategy: its `variant` is empty,
    `apex` is the middle of the interval and `score` 1. Emotions are named in every row or in none.
    Tables of earlier versions have the columns `protocol` and `synergy` in place of `variant`.

    Args:
        path: a CSV file.
        recordings: if given, rows may name only these.

    Raises:
        PredictionsError: the file cannot be read, a column is missing, or rows are bad: a value
            that is no number, an end before the beginning, an unknown emotion or video, a repeated
            row.
    """
    known = None if recordings is None else {(r.subject, r.video) for r in recordings}
    return typed([row for _, row in checked_rows(path, known)])


def checked_rows(
    path: Path, known: Collection[tuple[str, str]] | None, words: Collection[str] | None = None
) -> list[tuple[int, Row]]:
    """Rows of a predictions table with their lines; emotions in lower case.

    Args:
        path: a CSV file.
        known: subjects and videos that rows may name; None for any.
        words: emotions that rows may name; None for any.

    Raises:
        PredictionsError: see `read_predictions`.
    """
    rows = [
        (line, {**row, "emotion": row.get("emotion", "").lower(), "variant": _variant(row)})
        for line, row in read_rows(path, _REQUIRED)
    ]
    named = {name: any(row.get(name) for _, row in rows) for name in ("emotion", "variant")}
    problems: list[str] = []
    seen: dict[tuple[object, ...], int] = {}
    for line, row in rows:
        reason = next(_problems(row, named, words), None)
        if reason is None and known is not None and (row["subject"], row["video"]) not in known:
            reason = f"no recording {row['subject']}/{row['video']} is annotated"
        if reason is None:
            first = seen.setdefault(_identity(row), line)
            reason = f"the same interval as line {first}" if first != line else None
        if reason is not None:
            problems.append(f"line {line}: {reason}")
    refuse(path, problems)
    return rows


def typed(rows: Sequence[Row]) -> pd.DataFrame:
    """Rows with their types, what a bare table lacks filled in."""
    return predictions_table([_filled(row) for row in rows], _shares(rows[0]) if rows else ())


def _variant(row: Row) -> str:
    """Decoder and strategy; of tables of earlier versions, from two columns."""
    return row.get("variant") or "/".join(filter(None, (row.get("protocol"), row.get("synergy"))))


def _shares(row: Row) -> list[str]:
    """Columns with class probabilities."""
    return [name for name in row if name.startswith("p_")]


def _problems(row: Row, named: dict[str, bool], words: Collection[str] | None) -> Iterator[str]:
    """Why a row cannot be used; nothing where it can.

    Args:
        row: of the table.
        named: whether any row names an emotion, and a variant.
        words: emotions that it may name; None for any.
    """
    needed = (*_REQUIRED, *(name for name, used in named.items() if used))
    yield from (f"{name} is empty" for name in needed if not row[name])
    for name in WHOLE:
        if name in row and (why := whole_problem(row[name], what="a whole frame number")):
            yield f"{name}: {why}"
    for name in ("score", *_shares(row)):
        if name in row and (why := number_problem(row[name], -1e12, 1e12)):
            yield f"{name}: {why}"
    if int(float(row["offset"])) < int(float(row["onset"])):
        yield f"offset {row['offset']} lies before onset {row['onset']}"
    for name, allowed in (
        ("emotion", words if named["emotion"] else None),
        ("kind", _KINDS if "kind" in row else None),
        ("variant", _VARIANTS if named["variant"] else None),
    ):
        if allowed is not None and row.get(name, "") not in allowed:
            yield f"{name}: expected one of {', '.join(allowed)}, got {shown(row.get(name, ''))}"


def _identity(row: Row) -> tuple[object, ...]:
    """What no other row may have."""
    names = ("variant", "kind", "subject", "video")
    return *(row.get(name, "") for name in names), float(row["onset"]), float(row["offset"])


def _filled(row: Row) -> dict[str, object]:
    """Values of a row by column."""
    onset, offset = int(float(row["onset"])), int(float(row["offset"]))
    return {
        "variant": row["variant"],
        "subject": row["subject"],
        "video": row["video"],
        "kind": row.get("kind") or "micro",
        "onset": onset,
        "apex": int(float(row["apex"])) if "apex" in row else (onset + offset) // 2,
        "offset": offset,
        "emotion": row["emotion"],
        "score": float(row.get("score", "1")),
        **{name: float(row[name]) for name in _shares(row)},
    }
