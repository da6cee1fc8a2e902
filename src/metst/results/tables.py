"""The predictions table as a file: written, read, and checked row by row."""

import csv
import io
from pathlib import Path

import pandas as pd

from metst.errors import DataError
from metst.files import write_atomic
from metst.labels.records import EMOTIONS, NEUTRAL
from metst.protocols.labeled import COLUMNS

BARE: tuple[str, ...] = ("subject", "video", "onset", "offset", "emotion")
"""Columns any other system must give at least."""

_WHOLE = ("onset", "apex", "offset")
_REAL = ("score", *(f"p_{name}" for name in (*EMOTIONS, NEUTRAL)))
_SHOWN = 10
"""Bad rows told in one message."""


class PredictionsError(DataError):
    """A predictions table that cannot be judged, with the line of each bad row."""


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


def read_predictions(path: Path) -> pd.DataFrame:
    """Read a predictions table, or a bare one with the columns of `BARE`.

    A bare table is judged the same way by every protocol and strategy: its `protocol` and
    `synergy` are empty, `apex` is the middle of the interval, `score` 1 and the class probabilities
    are 1 for the emotion that is named.

    Raises:
        PredictionsError: the file cannot be read, a column is missing, or rows are bad: a value
            that is no number, an end before the beginning, an unknown emotion, a repeated row.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PredictionsError(path, f"expected a readable CSV file: {error}") from error
    lines = csv.DictReader(io.StringIO(text))
    columns = [name.strip() for name in lines.fieldnames or ()]
    lines.fieldnames = columns
    missing = [name for name in BARE if name not in columns]
    if missing:
        message = f"expected the columns {', '.join(BARE)}; {', '.join(missing)} missing in line 1"
        raise PredictionsError(path, message)
    rows, problems = _checked(lines)
    if problems:
        more = f"\n  ... and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        listed = "".join(f"\n  {problem}" for problem in problems[:_SHOWN])
        raise PredictionsError(path, f"{len(problems)} bad rows{listed}{more}")
    return _typed(rows)


def _checked(lines: "csv.DictReader[str]") -> tuple[list[dict[str, str]], list[str]]:
    """Rows, and what is wrong with which line."""
    rows: list[dict[str, str]] = []
    problems: list[str] = []
    seen: dict[tuple[str, ...], int] = {}
    for row in lines:
        line = lines.line_num
        clean = {name: (value or "").strip() for name, value in row.items() if name in COLUMNS}
        reason = "more values than columns" if None in row else _reason(clean)
        identity = tuple(clean.get(name, "") for name in ("protocol", "synergy", *BARE[:4]))
        if reason is None and identity in seen:
            reason = f"the same interval as line {seen[identity]}"
        if reason is not None:
            problems.append(f"line {line}: {reason}")
            continue
        seen[identity] = line
        rows.append(clean)
    return rows, problems


def _reason(row: dict[str, str]) -> str | None:
    """Why a row cannot be used; None where it can."""
    for name in BARE:
        if not row[name]:
            return f"{name} is empty"
    for name, value in row.items():
        if name in _WHOLE and not _is_whole(value):
            return f"{name}: expected a whole frame number, got {value!r}"
        if name in _REAL and not _is_real(value):
            return f"{name}: expected a number, got {value!r}"
    if int(float(row["offset"])) < int(float(row["onset"])):
        return f"offset {row['offset']} lies before onset {row['onset']}"
    if row["emotion"] not in (*EMOTIONS, NEUTRAL):
        return f"emotion: expected one of {', '.join((*EMOTIONS, NEUTRAL))}, got {row['emotion']!r}"
    return None


def _is_real(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _is_whole(value: str) -> bool:
    return _is_real(value) and float(value).is_integer()


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
    for name in (*EMOTIONS, NEUTRAL):
        certain = float(row["emotion"] == name)
        filled[f"p_{name}"] = float(row.get(f"p_{name}", certain))
    return filled
