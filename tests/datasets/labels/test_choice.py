"""Several sheets, files and columns for one thing: joined, or named in a finding."""

from pathlib import Path

import openpyxl
import pytest

from metst.datasets.casme3 import CASME3
from metst.datasets.labels.choice import overlap
from tests.support.label_tables import ME_HEADER, ME_NAME, ME_ROWS, casme3_me, write_xlsx

A = ("spNO.1", "a", 11, 20, 31, "4", "IV", "disgust")
A_LATER = ("spNO.1", "a", 101, 103, 110, "12", "VI", "happy")
A_CHANGED = ("spNO.1", "a", 12, 20, 31, "4", "IV", "disgust")
B = ("spNO.2", "b", 40, 48, 55, "1+2", "II", "surprise")


def onsets(folder: Path) -> list[int]:
    return [e.onset for e in CASME3.annotations(folder).expressions]


def hide(path: Path, number: int) -> None:
    book = openpyxl.load_workbook(path)
    book.worksheets[number].sheet_state = "hidden"
    book.active = 1 - number
    book.save(path)


def test_sheets_that_are_parts_of_one_table_are_joined(tmp_path: Path) -> None:
    sheets = {name: [ME_HEADER, row] for name, row in (("1", A), ("2", B), ("3", A_LATER))}
    write_xlsx(tmp_path / "label.xlsx", sheets | {"notes": [["hello"]], "empty": [ME_HEADER]})
    assert onsets(tmp_path) == [11, 40, 101]
    assert CASME3.annotations(tmp_path).findings == ()
    assert CASME3.annotations(tmp_path).counts.rows == 3


@pytest.mark.parametrize("other", [A, A_CHANGED])
def test_a_sheet_that_repeats_or_contradicts_another_is_not_read(
    tmp_path: Path, other: tuple[object, ...]
) -> None:
    write_xlsx(tmp_path / "label.xlsx", {"new": [ME_HEADER, A], "old": [ME_HEADER, B, other]})
    assert onsets(tmp_path) == [11]
    (found,) = CASME3.annotations(tmp_path).findings
    assert (found.code, found.severity.name) == ("ignored-sheet", "ERROR")
    assert "sheet 'old' with 2 rows is not read" in found.message
    assert f"old row 3 (spNO.1/a {other[2]}-31), new row 2 (spNO.1/a 11-31)" in found.message


@pytest.mark.parametrize("hidden", [0, 1])
def test_a_hidden_sheet_is_not_read_and_named(tmp_path: Path, hidden: int) -> None:
    write_xlsx(tmp_path / "label.xlsx", {"x": [ME_HEADER, A], "y": [ME_HEADER, B]})
    hide(tmp_path / "label.xlsx", hidden)
    assert onsets(tmp_path) == [[40], [11]][hidden]
    (found,) = CASME3.annotations(tmp_path).findings
    assert found.code == "ignored-sheet"
    assert f"sheet '{'xy'[hidden]}' with 1 row is not read: it is hidden" in found.message


def test_a_second_file_with_the_columns_is_named(tmp_path: Path) -> None:
    casme3_me(tmp_path / ME_NAME)
    casme3_me(tmp_path / "corrected.xlsx", ME_ROWS[:1])
    (found,) = CASME3.annotations(tmp_path).findings
    assert (found.code, found.path) == ("ignored-table", tmp_path / "corrected.xlsx")
    assert len(onsets(tmp_path)) == len(ME_ROWS)


def test_a_spreadsheet_comes_before_its_csv_copy(tmp_path: Path) -> None:
    lines = [",".join(ME_HEADER), "spNO.1,a,1,2,3,4,IV,sad"]
    (tmp_path / "label.csv").write_text("\n".join(lines))
    assert onsets(tmp_path) == [1]
    casme3_me(tmp_path / "label.xlsx", [A])
    assert onsets(tmp_path) == [11]
    assert [f.path for f in CASME3.annotations(tmp_path).findings] == [tmp_path / "label.csv"]


def test_two_columns_of_one_name_are_a_finding_where_they_differ(tmp_path: Path) -> None:
    header, rows = [*ME_HEADER, "onset "], [(*B, 40), (*A, 12)]
    write_xlsx(tmp_path / "label.xlsx", {"label": [header, *rows]})
    assert onsets(tmp_path) == [40, 11]
    (found,) = CASME3.annotations(tmp_path).findings
    assert found.code == "repeated-column"
    assert "columns 3 and 9 are both named 'onset'; in row 3 they hold 11 and 12" in found.message
    write_xlsx(tmp_path / "label.xlsx", {"label": [header, (*A, 11)]})
    assert CASME3.annotations(tmp_path).findings == ()


def test_overlap_counts_both_ends() -> None:
    assert overlap((1, 10), (6, 15)) == 5 / 15
    assert overlap((1, 10), (11, 20)) == 0
    assert overlap((5, 5), (5, 5)) == 1
    assert overlap((10, 1), (1, 10)) == 0
