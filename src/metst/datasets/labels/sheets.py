"""Files as sheets of cells: xls, xlsx and CSV give the same cells for the same table."""

import csv
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import zip_longest
from pathlib import Path

from metst.base.errors import LabelError

Cell = str | int | float | None

TEXT_SUFFIXES = (".csv", ".tsv")
SUFFIXES = (".xls", ".xlsx", ".xlsm", *TEXT_SUFFIXES)

LARGEST_FILE = 64 * 2**20
"""Bytes of a file that is looked into; label tables have less than one megabyte."""

DELIMITERS = ",;\t"
HEAD_LINES = 20
"""Lines of a text file that decide about its delimiter."""

DAMAGE = (
    *(OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, AssertionError),
    *(RuntimeError, SyntaxError, MemoryError, struct.error, zlib.error, zipfile.BadZipFile),
    csv.Error,
)
"""What the readers raise on damaged files; an XML parse error is a `SyntaxError`."""

_WHOLE_TEXT = re.compile(r"\s*(-?[0-9]{1,15})\.0+\s*")
_NO_DELIMITER = re.compile(r'"[^"\n]*"|(?<=[0-9]),(?=[0-9])')
"""Text in quotes, and commas that may be decimal ones."""

_FORMULA = re.compile(rb"<f[ />]")


@dataclass(frozen=True)
class Sheet:
    """Cells of one sheet, row by row, empty rows included.

    Attributes:
        hidden: whether a spreadsheet program does not show it.
    """

    name: str
    hidden: bool
    rows: Iterable[Sequence[Cell]]


def read_sheets(path: Path) -> Iterator[Sheet]:
    """Sheets of a file, in its order.

    The content decides, not the suffix: xls files that are called xlsx exist.

    Raises:
        LabelError: it is too large for a label table, or text that is not UTF-8.
        Exception: one of `DAMAGE`, here or while the rows are read.
    """
    if path.stat().st_size > LARGEST_FILE:
        msg = f"has more than {LARGEST_FILE // 2**20} MiB, too much for a label table; not read"
        raise LabelError(path, msg)
    data = path.read_bytes()
    if data.startswith(b"PK"):
        return _xlsx_sheets(data)
    if path.suffix.lower() in TEXT_SUFFIXES:
        return _text_sheets(path, data)
    return _xls_sheets(data)


@contextmanager
def damage_named(path: Path) -> Iterator[None]:
    """Raise `LabelError` for what the readers raise on a damaged file."""
    try:
        yield
    except DAMAGE as error:
        msg = f"cannot be read as a spreadsheet ({error}); copy or download it again"
        raise LabelError(path, msg) from error


def as_cell(value: object) -> Cell:
    """A cell by one rule for all formats.

    Whole numbers are integers even where the file writes `1.0`, as xls always does and xlsx and CSV
    do after an export. Truth values, dates and other kinds become text, which no frame number is.
    """
    if isinstance(value, bool):
        return str(value).upper()
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, float):
        exact = value.is_integer() and abs(value) < 2**53
        return int(value) if exact else value
    whole = _WHOLE_TEXT.fullmatch(str(value))
    return int(whole[1]) if whole else str(value)


def _text_sheets(path: Path, data: bytes) -> Iterator[Sheet]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"expected text in UTF-8, found other bytes at {error.start}; save it as CSV UTF-8"
        raise LabelError(path, msg) from error
    head = _NO_DELIMITER.sub("", "".join(text.splitlines(keepends=True)[:HEAD_LINES]))
    delimiter = max(DELIMITERS, key=head.count)
    lines = csv.reader(StringIO(text, newline=None), delimiter=delimiter, strict=True)
    yield Sheet(path.stem, False, ([as_cell(cell) for cell in line] for line in lines))


def _xlsx_sheets(data: bytes) -> Iterator[Sheet]:
    values = _xlsx_rows(data, formulas=False)
    # A formula that no program has computed has no value; an empty cell would hide that.
    written = _xlsx_rows(data, formulas=True) if _has_formulas(data) else values
    for (name, hidden, rows), (_, _, texts) in zip(values, written, strict=True):
        cells = [
            [as_cell(t if v is None else v) for v, t in zip_longest(row, text)]
            for row, text in zip_longest(rows, texts, fillvalue=())
        ]
        yield Sheet(name, hidden, cells)


def _xlsx_rows(data: bytes, *, formulas: bool) -> list[tuple[str, bool, list[Sequence[object]]]]:
    """Name, whether it is hidden, and rows of each sheet."""
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=not formulas)
    try:
        sheets = book.worksheets
        for sheet in sheets:
            sheet.reset_dimensions()  # some writers store a size that hides rows
        return [
            (s.title, s.sheet_state != "visible", list(s.iter_rows(values_only=True)))
            for s in sheets
        ]
    finally:
        book.close()


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(BytesIO(data)) as book:
        parts = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
        return any(_FORMULA.search(book.read(name)) for name in parts)


def _xls_sheets(data: bytes) -> Iterator[Sheet]:
    import xlrd

    try:
        # xlrd prints warnings to standard output, where others expect results
        book = xlrd.open_workbook(file_contents=data, logfile=StringIO())
    except (xlrd.XLRDError, xlrd.compdoc.CompDocError) as error:
        raise ValueError(str(error)) from error
    for sheet in book.sheets():
        rows = [
            [as_cell(_from_xls(cell.ctype, cell.value, book.datemode)) for cell in sheet.row(i)]
            for i in range(sheet.nrows)
        ]
        yield Sheet(sheet.name, bool(sheet.visibility), rows)


def _from_xls(kind: int, value: str | float, datemode: int) -> object:
    """The value that openpyxl would give for the same cell."""
    import xlrd
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

    if kind == xlrd.XL_CELL_DATE:
        return from_excel(float(value), MAC_EPOCH if datemode else WINDOWS_EPOCH)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(int(value), "#ERROR")
    return value if kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_TEXT) else None
