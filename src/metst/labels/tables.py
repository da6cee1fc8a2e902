"""Spreadsheets as tables: any sheet, the header row found by its column names."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path

from metst.errors import LabelError
from metst.labels.findings import Finding

Cell = str | int | float | None

SUFFIXES = (".xls", ".xlsx", ".xlsm")

DAMAGE = (
    *(OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, AssertionError),
    *(RuntimeError, SyntaxError, struct.error, zlib.error, zipfile.BadZipFile),
)
"""What the readers raise on damaged files; an XML parse error is a `SyntaxError`."""


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        number: 1-based row of the sheet, as a spreadsheet shows it.
        cells: by normalized column name.
    """

    number: int
    cells: Mapping[str, Cell]

    def text(self, column: str) -> str:
        """The cell as text without blanks around it; empty where the cell or column is missing."""
        cell = self.cells.get(column)
        return "" if cell is None else str(cell).strip()

    def integer(self, column: str) -> int | None:
        """The cell as a whole number; None where it is missing or something else."""
        cell = self.cells.get(column)
        if isinstance(cell, str):
            return int(cell) if re.fullmatch(r"\s*-?\d+\s*", cell) else None
        return None if cell is None or cell != int(cell) else int(cell)


@dataclass(frozen=True)
class Table:
    """The rows below a header row; rows without any value are left out.

    Attributes:
        columns: normalized (see `normalized`), in order.
    """

    path: Path
    sheet: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def sheet_key(self) -> tuple[Path, str]:
        """Tells one sheet from another."""
        return self.path, self.sheet

    def named_rows(self, names: Sequence[str]) -> list[Row]:
        """Rows that have something in one of the columns `names`."""
        return [row for row in self.rows if any(map(row.text, names))]

    def problems(self, names: Sequence[str], numbers: Sequence[str]) -> list[Finding]:
        """Rows without a name, and cells of frame-number columns that are no whole numbers."""
        message = f"the row has no {' and no '.join(names)}; it is left out"
        nameless = [row for row in self.rows if not any(map(row.text, names))]
        return [Finding("nameless-row", message, self.path, row.number) for row in nameless] + [
            Finding("bad-number", f"{column} is {row.text(column)!r}", self.path, row.number)
            for row in self.named_rows(names)
            for column in numbers
            if row.text(column) and row.integer(column) is None
        ]


def normalized(column: Cell) -> str:
    """Column name in lower case with single blanks, since the tables differ in such details."""
    return " ".join(str(column if column is not None else "").replace("_", " ").casefold().split())


def find_tables(folder: Path, required: Sequence[str]) -> tuple[list[Table], list[Finding]]:
    """Tables with the required columns in the spreadsheets of a folder.

    The folder itself is searched first; where it holds no such table, the folders directly in it.

    Args:
        folder: where the label files lie.
        required: normalized names of columns that tell the header row.

    Returns:
        The tables, by file name and sheet order, and a finding for each file that cannot be read.

    Raises:
        LabelError: the folder does not exist.
    """
    if not folder.is_dir():
        msg = "no such folder; expected the folder that holds the label spreadsheets"
        raise LabelError(folder, msg)
    tables: list[Table] = []
    findings: list[Finding] = []
    for pattern in ("*", "*/*"):
        for path in sorted(p for p in folder.glob(pattern) if _is_spreadsheet(p)):
            try:
                tables.extend(read_tables(path, required))
            except LabelError as error:
                findings.append(Finding("unreadable-table", str(error), path=path))
        if tables:
            break
    return tables, findings


def read_tables(path: Path, required: Sequence[str]) -> list[Table]:
    """Tables of a spreadsheet, at most one per sheet: below the first row with all the columns.

    Raises:
        LabelError: the file is not a spreadsheet or is damaged.
    """
    return [
        table
        for sheet, cells in _sheets(path)
        if (table := _table(path, sheet, cells, required)) is not None
    ]


def choose(tables: Sequence[Table], published: str) -> Table | None:
    """The table of the file with the published name, else of the only file that fits.

    Of several sheets of a file the first counts.

    Raises:
        LabelError: several files fit and none has the published name.
    """
    named = [t for t in tables if t.path.name.casefold() == published.casefold()]
    found = named or list(tables)
    paths = sorted({t.path for t in found})
    if len(paths) > 1:
        names = ", ".join(path.name for path in paths)
        msg = f"several label files fit ({names}); keep one, or name it {published}"
        raise LabelError(paths[0].parent, msg)
    return found[0] if found else None


def _is_spreadsheet(path: Path) -> bool:
    """Spreadsheets, but not hidden files nor the lock files (`~$...`) of an open spreadsheet."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(("~$", "."))


def _table(
    path: Path, sheet: str, cells: Sequence[Sequence[Cell]], required: Sequence[str]
) -> Table | None:
    for header, row in enumerate(cells):
        columns = tuple(normalized(cell) for cell in row)
        if set(required) <= set(columns):
            below = enumerate(cells[header + 1 :], start=header + 2)
            rows = tuple(Row(i, _named(columns, row)) for i, row in below if any(map(_filled, row)))
            return Table(path, sheet, columns, rows)
    return None


def _named(columns: Sequence[str], row: Sequence[Cell]) -> dict[str, Cell]:
    """Cells by column; of two columns with one name the first counts."""
    return dict(reversed(list(zip(columns, row, strict=False))))


def _filled(cell: Cell) -> bool:
    return cell is not None and str(cell).strip() != ""


def _sheets(path: Path) -> list[tuple[str, list[list[Cell]]]]:
    try:
        data = path.read_bytes()
        # the content decides, not the suffix: xls files that are called xlsx exist
        return list(_xlsx_sheets(data) if data.startswith(b"PK") else _xls_sheets(data))
    except DAMAGE as error:
        msg = f"cannot be read as a spreadsheet ({error}); copy or download it again"
        raise LabelError(path, msg) from error


def _xlsx_sheets(data: bytes) -> Iterator[tuple[str, list[list[Cell]]]]:
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some writers store a size that hides rows
            rows = sheet.iter_rows(values_only=True)
            yield sheet.title, [[_from_xlsx(cell) for cell in row] for row in rows]
    finally:
        book.close()


def _xls_sheets(data: bytes) -> Iterator[tuple[str, list[list[Cell]]]]:
    import xlrd

    try:
        # xlrd prints warnings to standard output, where others expect results
        book = xlrd.open_workbook(file_contents=data, logfile=StringIO())
    except (xlrd.XLRDError, xlrd.compdoc.CompDocError) as error:
        raise ValueError(str(error)) from error
    for sheet in book.sheets():
        rows = [
            [_from_xls(cell.ctype, cell.value) for cell in sheet.row(i)] for i in range(sheet.nrows)
        ]
        yield sheet.name, rows


def _from_xlsx(cell: object) -> Cell:
    """Dates and other kinds become text, which no frame number is."""
    return cell if cell is None or isinstance(cell, str | int | float) else str(cell)


def _from_xls(kind: int, value: str | float) -> Cell:
    """Whole numbers are stored as floats in xls; other kinds than numbers and text are left out."""
    import xlrd

    if kind == xlrd.XL_CELL_NUMBER:
        return int(value) if float(value).is_integer() else float(value)
    return str(value) if kind == xlrd.XL_CELL_TEXT else None
