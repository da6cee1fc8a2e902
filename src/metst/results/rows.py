"""CSV files row by row, with the number of each line for messages."""

import codecs
import csv
import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from metst.base.errors import DataError

_SHOWN = 10
"""Bad rows listed in one message."""

LARGEST_FRAME = 10**8
"""No frame number is larger: two days of video at 500 frames/s. Bounded before it is used."""

_OTHER_ENCODINGS = {
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
    b"PK\x03\x04": "a spreadsheet (xlsx)",
    b"\xd0\xcf\x11\xe0": "a spreadsheet (xls)",
}
"""First bytes of what is often taken for a CSV file."""

Row = dict[str, str]


class PredictionsError(DataError):
    """A table that cannot be judged, with the line of each bad row."""


def read_rows(path: Path, required: Sequence[str]) -> list[tuple[int, Row]]:
    """Line number and stripped values of each row; a value that is missing at the end is empty.

    No value may go over several lines: a quote that is not closed would swallow the rows after it.

    Raises:
        PredictionsError: the file cannot be read, a column is missing or named twice, or rows are
            bad: a quote is not closed, or there are more values than columns.
    """
    lines = _lines(path)
    names = _columns(path, next(lines, (1, "")), required)
    rows: list[tuple[int, Row]] = []
    problems: list[str] = []
    for number, line in lines:
        values, reason = _values(line)
        if reason is None and len(values) > len(names):
            reason = "more values than columns"
        if reason is not None:
            problems.append(f"line {number}: {reason}")
        elif values:
            padded = values + [""] * (len(names) - len(values))
            rows.append((number, dict(zip(names, padded, strict=True))))
    refuse(path, problems)
    return rows


def refuse(path: Path, problems: Sequence[str], what: str = "bad rows") -> None:
    """Name the first of the problems.

    Raises:
        PredictionsError: there is any.
    """
    if len(problems) == 1:
        raise PredictionsError(path, problems[0])
    if problems:
        more = f"\n  ... and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        listed = "".join(f"\n  {problem}" for problem in problems[:_SHOWN])
        raise PredictionsError(path, f"{len(problems)} {what}{listed}{more}")


def number_problem(value: str, least: float, most: float, what: str = "a number") -> str | None:
    """Why a value is not a number in a range; None where it is one."""
    if not is_number(value):
        return f"expected {what}, got {shown(value)}"
    if not least <= float(value) <= most:
        return f"expected {what} from {least:,} to {most:,}, got {shown(value)}"
    return None


def whole_problem(
    value: str, least: int = -LARGEST_FRAME, what: str = "a whole number"
) -> str | None:
    """Why a value is not a whole number of at most `LARGEST_FRAME`; None where it is one."""
    if not is_whole(value):
        return f"expected {what}, got {shown(value)}"
    return number_problem(value, least, LARGEST_FRAME, what)


def shown(value: str) -> str:
    """A value for a message, cut where it is long."""
    return repr(value if len(value) <= 40 else value[:40] + "...")


def is_number(value: str) -> bool:
    """Whether a value is a finite number."""
    try:
        return "_" not in value and math.isfinite(float(value))
    except ValueError:
        return False


def is_whole(value: str) -> bool:
    """Whether a value is a whole number, also if it is written with a decimal point."""
    return is_number(value) and float(value).is_integer()


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1; they may end with LF, CR LF or CR."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PredictionsError(path, f"expected a readable CSV file: {error.strerror}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = len((data[: error.start] + b".").splitlines())
        found = next((n for b, n in _OTHER_ENCODINGS.items() if data.startswith(b)), None)
        what = f"this is {found}" if found else f"byte {data[error.start]:#04x} is none"
        msg = (
            f"line {number}: expected a readable CSV file in UTF-8, {what}; save it as CSV in UTF-8"
        )
        raise PredictionsError(path, msg) from error
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        if "\0" in line:
            msg = f"line {number}: expected a readable CSV file in UTF-8, found a zero byte"
            raise PredictionsError(path, msg)
        yield number, line


def _columns(path: Path, first: tuple[int, str], required: Sequence[str]) -> list[str]:
    """Names of the columns."""
    names, reason = _values(first[1])
    missing = [name for name in required if name not in names]
    twice = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
    if reason is not None:
        raise PredictionsError(path, f"line 1: {reason}")
    if missing:
        expected = f"expected the columns {', '.join(required)}"
        found = f"{', '.join(missing)} missing in line 1" if names else "the file is empty"
        raise PredictionsError(path, f"{expected}; {found}")
    if twice:
        msg = f"line 1: several columns are called {', '.join(map(shown, twice))}"
        raise PredictionsError(path, msg)
    return names


def _values(line: str) -> tuple[list[str], str | None]:
    """Stripped values of a line, and why it cannot be read; none of an empty line."""
    if not line.strip():
        return [], None
    if len(line) > csv.field_size_limit():
        return [], f"longer than {csv.field_size_limit():,} characters"
    try:
        (values,) = csv.reader([line], strict=True)
    except csv.Error as error:
        return [], f"expected values between commas, a quote is not closed ({error})"
    return [value.strip() for value in values], None
