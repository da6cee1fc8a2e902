"""Label tables: any sheet of any file, the header row found by its column names."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from metst.base.errors import LabelError
from metst.base.names import folded
from metst.datasets.labels.findings import Finding
from metst.datasets.labels.records import LARGEST_FRAME
from metst.datasets.labels.sheets import SUFFIXES, Cell, Sheet, damage_named, read_sheets

PREAMBLE = 100
"""Rows of a sheet in which its header row is looked for."""

_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?")


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        number: 1-based row of the sheet, as a spreadsheet shows it.
        cells: by normalized column name.
        sheet: where the row stands.
    """

    number: int
    cells: Mapping[str, Cell]
    sheet: str = ""

    def text(self, column: str) -> str:
        """The cell as text without blanks around it; empty where the cell or column is missing."""
        cell = self.cells.get(column)
        return "" if cell is None else str(cell).strip()

    def integer(self, column: str) -> int | None:
        """The cell as the nearest whole number; None where it is missing or no frame number."""
        number = _number(self.cells.get(column))
        return None if number is None or abs(number) > LARGEST_FRAME else round(number)

    def doubt(self, column: str) -> str | None:
        """What is odd about the cell as a frame number; None where nothing is."""
        text, read = self.text(column), self.integer(column)
        if not text or (read is not None and read == _number(self.cells.get(column))):
            return None
        return f"{column} is {text!r}" + ("" if read is None else f", taken as {read}")


@dataclass(frozen=True)
class Table:
    """The rows below a header row; rows without any value are left out.

    Attributes:
        columns: normalized (see `normalized`), in order.
        hidden: whether a spreadsheet program does not show the sheet.
        repeated: by name of a column that is there twice, with other cells: where.
        ignored: a finding for each sheet and file that fits and is not read.
    """

    path: Path
    sheet: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    hidden: bool = False
    repeated: Mapping[str, str] | None = None
    ignored: tuple[Finding, ...] = ()

    @property
    def sheet_key(self) -> tuple[Path, str]:
        """Distinguishes one sheet from another."""
        return self.path, self.sheet

    def named_rows(self, names: Sequence[str]) -> list[Row]:
        """Rows that have something in one of the columns `names`."""
        return [row for row in self.rows if any(map(row.text, names))]

    def problems(
        self, names: Sequence[str], numbers: Sequence[str], words: Sequence[str] = ()
    ) -> list[Finding]:
        """What is odd about the table as such.

        Args:
            names: columns that name the video; a row without any of them is left out.
            numbers: columns of frame numbers.
            words: other columns that are read.
        """
        message = f"the row has no {' and no '.join(names)}; it is left out"
        nameless = [row for row in self.rows if not any(map(row.text, names))]
        doubts = [
            (row, doubt)
            for row in self.named_rows(names)
            for column in numbers
            if (doubt := row.doubt(column)) is not None
        ]
        repeated = [(self.repeated or {}).get(name) for name in (*names, *numbers, *words)]
        return [
            *self.ignored,
            *(Finding("repeated-column", where, self.path) for where in repeated if where),
            *(Finding("nameless-row", message, self.path, row.number) for row in nameless),
            *(Finding("bad-number", doubt, self.path, row.number) for row, doubt in doubts),
        ]


def about_row(path: Path, row: Row, code: str, message: str, subject: str, video: str) -> Finding:
    """Finding about a row with the columns onset and offset."""
    frames = (row.integer("onset") or 0, row.integer("offset") or 0)
    return Finding(code, message, path, row.number, subject, video, frames)


def unknown_type(path: Path, row: Row, column: str, subject: str, video: str) -> Finding:
    """Finding about a row whose type is neither micro nor macro."""
    message = f"{column} is {row.text(column)!r}, neither micro nor macro; the row does not count"
    return about_row(path, row, "unknown-type", message, subject, video)


def normalized(column: Cell) -> str:
    """Column name in lower case with single blanks, since the tables differ in such details."""
    return " ".join(folded(str(column if column is not None else "").replace("_", " ")).split())


def find_tables(folder: Path, required: Sequence[str]) -> tuple[list[Table], list[Finding]]:
    """Tables with the required columns in the spreadsheets and CSV files of a folder.

    The folder itself is searched first; where it holds no such table, the folders directly in it.

    Args:
        folder: where the label files lie.
        required: normalized names of columns by which the header row is found.

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
        for path in sorted(p for p in folder.glob(pattern) if is_table_file(p)):
            try:
                tables.extend(read_tables(path, required))
            except LabelError as error:
                findings.append(Finding("unreadable-table", str(error), path=path))
        if tables:
            break
    return tables, findings


def read_tables(path: Path, required: Sequence[str]) -> list[Table]:
    """Tables of a file, at most one per sheet: below the first row with all the columns.

    Raises:
        LabelError: the file is not a table of a known format, or is damaged.
    """
    with damage_named(path):
        found = (_table(path, sheet, required) for sheet in read_sheets(path))
        return [table for table in found if table is not None]


def read_table(path: Path, required: Sequence[str]) -> Table:
    """The only table of a file with these columns, for a data set with tables of its own.

    Raises:
        LabelError: the file is missing or damaged, or it has no such table, or several.
    """
    if not path.is_file():
        msg = f"no such file; expected a table with the columns {', '.join(required)}"
        raise LabelError(path, msg)
    tables = read_tables(path, required)
    if len(tables) != 1:
        msg = f"expected one sheet with the columns {', '.join(required)}, found {len(tables)}"
        raise LabelError(path, msg)
    return tables[0]


def _number(cell: Cell) -> float | None:
    """A cell as a finite number; None where it is none."""
    if isinstance(cell, str):
        text = unicodedata.normalize("NFKC", cell).strip()  # full-width digits are digits
        return float(text) if _NUMBER.fullmatch(text) else None
    # A whole number of a file may be too long for a float.
    return cell if isinstance(cell, int) or (cell is not None and math.isfinite(cell)) else None


def is_table_file(path: Path) -> bool:
    """Tables, but not hidden files nor the lock files (`~$...`) of an open spreadsheet."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(("~$", "."))


def _table(path: Path, sheet: Sheet, required: Sequence[str]) -> Table | None:
    numbered = enumerate(sheet.rows, start=1)
    for number, row in numbered:
        columns = tuple(normalized(cell) for cell in row)
        if set(required) <= set(columns):
            cells = [(n, row) for n, row in numbered if any(map(_filled, row))]
            rows = tuple(Row(n, _named(columns, row), sheet.name) for n, row in cells)
            repeated = _repeated(columns, cells)
            return Table(path, sheet.name, columns, rows, sheet.hidden, repeated)
        if number == PREAMBLE:
            break
    return None


def _named(columns: Sequence[str], row: Sequence[Cell]) -> dict[str, Cell]:
    """Cells by column; of two columns with one name the first counts, see `_repeated`."""
    return dict(reversed(list(zip(columns, row, strict=False))))


def _repeated(columns: Sequence[str], rows: Iterable[tuple[int, Sequence[Cell]]]) -> dict[str, str]:
    """Columns with the name of an earlier one and another cell in some row, by name."""
    later = {c: columns.index(name) for c, name in enumerate(columns) if name}
    pairs = [(first, c) for c, first in later.items() if first != c]
    found: dict[str, str] = {}
    for number, row in rows:
        for first, c in pairs:
            cells = [row[i] if i < len(row) else None for i in (first, c)]
            if cells[0] != cells[1]:
                message = (
                    f"columns {first + 1} and {c + 1} are both named {columns[c]!r}; in row "
                    f"{number} they hold {cells[0]!r} and {cells[1]!r}; column {first + 1} is read"
                )
                found.setdefault(columns[c], message)
    return found


def _filled(cell: Cell) -> bool:
    return cell is not None and str(cell).strip() != ""
