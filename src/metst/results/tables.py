"""The predictions table as a file: written, read, and checked row by row."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from metst.files import write_atomic
from metst.labels.records import Recording
from metst.protocols.labeled import COLUMNS
from metst.results.rows import PredictionsError, is_number, is_whole, read_rows, refuse
from metst.windows import CLASSES

BARE: tuple[str, ...] = ("subject", "video", "onset", "offset", "emotion")
"""Columns any other system must give at least."""

_WHOLE = ("onset", "apex", "offset")
_REAL = ("score", *(f"p_{name}" for name in CLASSES))


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
    """Read a predictions table, or a bare one with the columns of `BARE`.

    A bare table is judged the same way by every protocol and strategy: its `protocol` and
    `synergy` are empty, `apex` is the middle of the interval, `score` 1 and the class probabilities
    are 1 for the emotion that is named.

    Args:
        path: a CSV file.
        recordings: if given, rows may name only these.

    Raises:
        PredictionsError: the file cannot be read, a column is missing, or rows are bad: a value
            that is no number, an end before the beginning, an unknown emotion or video, a repeated
            row.
    """
    known = None if recordings is None else {(r.subject, r.video) for r in recordings}
    rows: list[dict[str, str]] = []
    problems: list[str] = []
    seen: dict[tuple[str, ...], int] = {}
    for line, row in read_rows(path, BARE):
        row["emotion"] = row["emotion"].lower()
        reason = _reason(row)
        if known is not None and (row["subject"], row["video"]) not in known:
            reason = f"no recording {row['subject']}/{row['video']} is annotated"
        identity = tuple(row.get(name, "") for name in ("protocol", "synergy", *BARE[:4]))
        if reason is None and identity in seen:
            reason = f"the same interval as line {seen[identity]}"
        if reason is not None:
            problems.append(f"line {line}: {reason}")
        seen.setdefault(identity, line)
        rows.append(row)
    refuse(path, problems)
    return _typed(rows)


def _reason(row: dict[str, str]) -> str | None:
    """Why a row cannot be used; None where it can."""
    for name in BARE:
        if not row[name]:
            return f"{name} is empty"
    for name, value in row.items():
        if name in _WHOLE and not is_whole(value):
            return f"{name}: expected a whole frame number, got {value!r}"
        if name in _REAL and not is_number(value):
            return f"{name}: expected a number, got {value!r}"
    if int(float(row["offset"])) < int(float(row["onset"])):
        return f"offset {row['offset']} lies before onset {row['onset']}"
    if row["emotion"] not in CLASSES:
        return f"emotion: expected one of {', '.join(CLASSES)}, got {row['emotion']!r}"
    return None


def _typed(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Rows with their types, what a bare table lacks filled in."""
    full = [_filled(row) for row in rows]
    table = pd.DataFrame(full, columns=list(COLUMNS))
    types: dict[str, str] = dict.fromkeys(_WHOLE, "int64") | dict.fromkeys(_REAL, "float64")
    return table.astype(types)


def _filled(row: dict[str, str]) -> dict[str, object]:
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
    return filled
