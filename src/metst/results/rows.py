"""CSV files row by row, with the number of each line for messages."""

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path

from metst.errors import DataError

_SHOWN = 10
"""Bad rows told in one message."""


class PredictionsError(DataError):
    """A table that cannot be judged, with the line of each bad row."""


def read_rows(path: Path, required: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Line number and stripped values of each row.

    Raises:
        PredictionsError: the file cannot be read, a column is missing, or a row is too long.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PredictionsError(path, f"expected a readable CSV file: {error}") from error
    lines = csv.DictReader(io.StringIO(text), restkey="")
    lines.fieldnames = [name.strip() for name in lines.fieldnames or ()]
    missing = [name for name in required if name not in lines.fieldnames]
    if missing:
        message = (
            f"expected the columns {', '.join(required)}; {', '.join(missing)} missing in line 1"
        )
        raise PredictionsError(path, message)
    rows, problems = [], []
    for row in lines:
        if "" in row:
            problems.append(f"line {lines.line_num}: more values than columns")
            continue
        rows.append((lines.line_num, {name: (value or "").strip() for name, value in row.items()}))
    refuse(path, problems)
    return rows


def refuse(path: Path, problems: Sequence[str], what: str = "bad rows") -> None:
    """Tell the first of the problems.

    Raises:
        PredictionsError: there is any.
    """
    if problems:
        more = f"\n  ... and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        listed = "".join(f"\n  {problem}" for problem in problems[:_SHOWN])
        raise PredictionsError(path, f"{len(problems)} {what}{listed}{more}")


def is_number(value: str) -> bool:
    """Whether a value is a finite number."""
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False


def is_whole(value: str) -> bool:
    """Whether a value is a whole number, also if it is written with a decimal point."""
    return is_number(value) and float(value).is_integer()
