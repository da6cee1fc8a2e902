"""The same table in xls, xlsx and CSV gives the same cells."""

import datetime
from pathlib import Path

import openpyxl
import pytest
import xlrd

from metst.base.errors import LabelError
from metst.datasets.casme3 import CASME3
from metst.datasets.labels.sheets import LARGEST_FILE, _from_xls, as_cell, read_sheets
from metst.datasets.labels.tables import Row, read_tables
from tests.support.label_tables import ME_HEADER, casme3_me
from tests.support.xls import Value, write_xls

COLUMNS = ("subject", "filename", "onset", "apex", "offset")
ROW: list[Value] = [1.0, "006", 10.0, 14, 20.0]


def write_text(path: Path, rows: list[list[str]], delimiter: str = ",") -> Path:
    path.write_text("\n".join(delimiter.join(row) for row in rows), "utf-8")
    return path


def test_whole_numbers_are_whole_in_every_format(tmp_path: Path) -> None:
    header: list[Value] = list(COLUMNS)
    write_xls(tmp_path / "a.xls", {"s": [header, ROW]})
    book = openpyxl.Workbook()
    for row in (header, ROW):
        book.worksheets[0].append(row)
    book.save(tmp_path / "b.xlsx")
    write_text(tmp_path / "c.csv", [list(COLUMNS), ["1.0", "006", "10.0", "14", " 20.0 "]])
    for name in ("a.xls", "b.xlsx", "c.csv"):
        (table,) = read_tables(tmp_path / name, COLUMNS)
        (row,) = table.rows
        assert [row.text(name) for name in ("subject", "filename")] == ["1", "006"], name
        assert [row.integer(column) for column in COLUMNS[2:]] == [10, 14, 20], name
        assert table.problems(COLUMNS[:2], COLUMNS[2:]) == []


def test_times_are_the_same_text_in_xls_and_xlsx(tmp_path: Path) -> None:
    book, days = openpyxl.Workbook(), 1.25 / 86400
    book.worksheets[0].append([datetime.time(0, 0, 1, 250000)])
    book.save(tmp_path / "a.xlsx")
    ((row,),) = (sheet.rows for sheet in read_sheets(tmp_path / "a.xlsx"))
    assert [as_cell(_from_xls(xlrd.XL_CELL_DATE, days, 0))] == [*row] == ["00:00:01.250000"]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_commas_in_numbers_and_quotes_part_no_cells(tmp_path: Path, delimiter: str) -> None:
    rows = [["a", "b"], ['"x,y,z;"', '"1,5"' if delimiter == "," else "1,5"]]
    (sheet,) = read_sheets(write_text(tmp_path / "a.csv", rows, delimiter))
    assert [list(row) for row in sheet.rows] == [["a", "b"], ["x,y,z;", "1,5"]]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, None),
        (7, 7),
        (1.0, 1),
        (566.4, 566.4),
        ("006", "006"),
        ("10.0", 10),
        (" -1.0 ", -1),
        ("006.0", 6),
        ("1.00.0", "1.00.0"),
        (True, "TRUE"),
        (datetime.date(2022, 3, 4), "2022-03-04"),
        (1e300, 1e300),
        (float("inf"), float("inf")),
    ],
)
def test_one_rule_for_cells(value: object, cell: object) -> None:
    assert as_cell(value) == cell
    assert type(as_cell(value)) is type(cell)


@pytest.mark.parametrize(
    ("cell", "number", "odd"),
    [
        (10, 10, False),
        (" 10 ", 10, False),
        ("\uff11\uff10", 10, False),  # full-width digits
        ("566.4", 566, True),
        (743.2, 743, True),
        ("10,0", None, True),
        ("1e9", None, True),
        (2e16, None, True),
        (1e308, None, True),
        (10**400, None, True),
        (-(10**8), None, True),
        (float("inf"), None, True),
        (float("nan"), None, True),
        ("9" * 5000, None, True),
        (True, None, True),
        (None, None, False),
    ],
)
def test_frame_numbers_are_bounded_and_rounded(cell: Value, number: int | None, odd: bool) -> None:
    row = Row(2, {"onset": as_cell(cell)})
    assert row.integer("onset") == number
    assert (row.doubt("onset") is not None) is odd


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_csv_tables_are_read(tmp_path: Path, delimiter: str, ends: str, mark: bytes) -> None:
    rows = [ME_HEADER, ["spNO.1", "a", "11", "20", "31", '"1+2"', "IV", "disgust"]]
    text = ends.join(delimiter.join(map(str, row)) for row in rows)
    (tmp_path / "labels.csv").write_bytes(mark + text.encode())
    read = CASME3.annotations(tmp_path)
    (only,) = read.expressions
    assert (only.subject, only.onset, only.offset, only.emotion) == ("spNO.1", 11, 31, "negative")
    assert read.findings == ()


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("Subject,\u88ab\u8bd5".encode("gbk"), "expected text in UTF-8"),
        (b'Subject,Filename,Onset,Apex,Offset\nx,"a,1,2,3\n', "unexpected end of data"),
        (b" " * (LARGEST_FILE + 1), "too much for a label table"),
    ],
    ids=["gbk", "quote", "large"],
)
def test_text_that_is_no_table_is_an_error_in_one_line(
    tmp_path: Path, data: bytes, fault: str
) -> None:
    (tmp_path / "labels.csv").write_bytes(data)
    with pytest.raises(LabelError, match=fault) as error:
        read_tables(tmp_path / "labels.csv", COLUMNS)
    assert "\n" not in str(error.value)
    casme3_me(tmp_path / "label.xlsx")
    assert [f.code for f in CASME3.annotations(tmp_path).findings] == ["unreadable-table"]


def test_formulas_that_nobody_computed_are_findings(tmp_path: Path) -> None:
    """openpyxl writes formulas without values, as other programs do that do not compute."""
    rows = [("spNO.1", "a", "=5+6", 20, 31, "4", "IV", "sad")]
    casme3_me(tmp_path / "label.xlsx", rows)
    (found,) = CASME3.annotations(tmp_path).findings
    assert (found.code, found.row, found.message) == ("bad-number", 2, "onset is '=5+6'")
