"""The predictions table as a file: written, read, and checked row by row."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pandas as pd

from metst.base.files import write_atomic
from metst.datasets.labels.records import Recording
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
from metst.samples.targets import CLASSES
from metst.scoring.protocols import PROTOCOLS
from metst.scoring.protocols.labeled import COLUMNS, REAL, WHOLE, predictions_table

BARE: tuple[str, ...] = ("subject", "video", "onset", "offset", "emotion")
"""Columns of a challenge submission."""

_REQUIRED = BARE[:4]
_KINDS = ("micro", "macro")


def write_predictions(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, atomically.

    Raises:
        PredictionsError: a column is missing.
    """
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise PredictionsError(path, f"the table to write lacks {', '.join(missing)}")
    text = table[list(COLUMNS)].to_csv(index=False, lineterminator="\n")
    write_atomic(path, text.encode())


def read_predictions(path: Path, recordings: Sequence[Recording] | None = None) -> pd.DataFrame:
    """Read a predictions table, or a bare one: subject, video, onset, offset, perhaps emotion.

    A bare table is judged the same way by every protocol and strategy: its `protocol` and
    `synergy` are empty, `apex` is the middle of the interval, `score` 1 and the class probabilities
    are 1 for the emotion that is named. Emotions are named in every row or in none.

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
    path: Path, known: Collection[tuple[str, str]] | None, words: Collection[str] | None = CLASSES
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
        (line, {**row, "emotion": row.get("emotion", "").lower()})
        for line, row in read_rows(path, _REQUIRED)
    ]
    named = {name: any(row.get(name) for _, row in rows) for name in ("emotion", "protocol")}
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
    return predictions_table([_filled(row) for row in rows])


def _problems(row: Row, named: dict[str, bool], words: Collection[str] | None) -> Iterator[str]:
    """Why a row cannot be used; nothing where it can.

    Args:
        row: of the table.
        named: whether any row names an emotion, and a protocol.
        words: emotions that it may name; None for any.
    """
    needed = (*_REQUIRED, *(name for name, used in named.items() if used))
    yield from (f"{name} is empty" for name in needed if not row[name])
    for name in WHOLE:
        if name in row and (why := whole_problem(row[name], what="a whole frame number")):
            yield f"{name}: {why}"
    for name in REAL:
        if name in row and (why := number_problem(row[name], -1e12, 1e12)):
            yield f"{name}: {why}"
    if int(float(row["offset"])) < int(float(row["onset"])):
        yield f"offset {row['offset']} lies before onset {row['onset']}"
    for name, allowed in (
        ("emotion", words if named["emotion"] else None),
        ("kind", _KINDS if "kind" in row else None),
        ("protocol", PROTOCOLS if named["protocol"] else None),
        ("synergy", tuple(STRATEGIES) if named["protocol"] else None),
    ):
        if allowed is not None and row.get(name, "") not in allowed:
            yield f"{name}: expected one of {', '.join(allowed)}, got {shown(row.get(name, ''))}"


def _identity(row: Row) -> tuple[object, ...]:
    """What no other row may have."""
    names = ("protocol", "synergy", "kind", "subject", "video")
    return *(row.get(name, "") for name in names), float(row["onset"]), float(row["offset"])


def _filled(row: Row) -> list[object]:
    """Values of a row in the order of `COLUMNS`."""
    onset, offset = int(float(row["onset"])), int(float(row["offset"]))
    apex = int(float(row["apex"])) if "apex" in row else (onset + offset) // 2
    filled: dict[str, object] = {
        "protocol": row.get("protocol", ""),
        "synergy": row.get("synergy", ""),
        "subject": row["subject"],
        "video": row["video"],
        "onset": onset,
        "apex": apex,
        "offset": offset,
        "emotion": row["emotion"],
        "score": float(row.get("score", "1")),
    }
    for name in CLASSES:
        certain = float(row["emotion"] == name)
        filled[f"p_{name}"] = float(row.get(f"p_{name}", certain))
    return [filled[name] for name in COLUMNS]
