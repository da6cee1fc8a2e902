"""CAS(ME)^3 label files of the published shape, with the oddities of the real ones."""

from pathlib import Path

import pytest

from metst.base.errors import LabelError
from metst.datasets.casme3 import CASME3
from tests.support.label_tables import (
    BLINK_ROWS,
    FULL_HEADER,
    FULL_NAME,
    MACRO_ROWS,
    ME_NAME,
    ME_ROWS,
    Rows,
    casme3_full,
    casme3_labels,
    casme3_me,
    write_xlsx,
)
from tests.support.xls import Value


def test_expressions_come_in_row_order_with_their_rows(tmp_path: Path) -> None:
    casme3_labels(tmp_path)
    read = CASME3.annotations(tmp_path)
    micro = read.of_kind("micro")
    assert [(e.subject, e.video, e.onset, e.apex, e.offset) for e in micro] == [
        row[:5] for row in ME_ROWS
    ]
    assert [e.label for e in micro] == [row[7] for row in ME_ROWS]
    assert [e.row for e in micro] == list(range(2, 2 + len(ME_ROWS)))
    assert [e.emotion for e in micro[:5]] == [
        "negative",
        "positive",
        "others",
        "others",
        "negative",
    ]
    assert [(e.video, e.onset, e.offset) for e in read.of_kind("macro")] == [
        (row[1], row[2], row[4]) for row in MACRO_ROWS
    ]
    assert [(e.subject, e.video, e.onset, e.offset) for e in read.of_kind("blink")] == BLINK_ROWS
    assert read.findings == ()


def test_counts_take_names_literally_and_emotions_in_lower_case(tmp_path: Path) -> None:
    casme3_labels(tmp_path)
    counts = CASME3.annotations(tmp_path).counts
    assert (counts.rows, counts.micro, counts.macro, counts.blinks) == (8, 8, 2, 2)
    assert (counts.subjects, counts.videos) == (3, 6)  # J and j are two names
    assert (counts.annotated_subjects, counts.annotated_videos) == (4, 7)
    assert counts.emotions["others"] == 2
    assert sum(counts.emotions.values()) == 8


@pytest.mark.parametrize("full", ["labels.xls", "labels.xlsx"])
def test_files_are_found_by_their_columns_under_any_name(tmp_path: Path, full: str) -> None:
    casme3_labels(tmp_path / "published")
    (tmp_path / "renamed" / "annotation").mkdir(parents=True)
    casme3_me(tmp_path / "renamed" / "annotation" / "me.xlsx")
    casme3_full(tmp_path / "renamed" / "annotation" / full)
    (tmp_path / "renamed" / "annotation" / "~$me.xlsx").write_bytes(b"lock file")
    renamed = CASME3.annotations(tmp_path / "renamed")
    assert renamed.expressions == CASME3.annotations(tmp_path / "published").expressions
    assert {path.name for path in renamed.files.values()} == {"me.xlsx", full}


def test_the_published_name_wins_over_other_files(tmp_path: Path) -> None:
    casme3_labels(tmp_path)
    casme3_me(tmp_path / "part_C.xlsx", ME_ROWS[:2])
    assert CASME3.annotations(tmp_path).counts.rows == len(ME_ROWS)
    (tmp_path / ME_NAME).rename(tmp_path / "part_A.xlsx")
    with pytest.raises(LabelError, match=r"part_A\.xlsx, part_C\.xlsx"):
        CASME3.annotations(tmp_path)


def test_the_full_labels_may_be_missing(tmp_path: Path) -> None:
    casme3_me(tmp_path / ME_NAME)
    counts = CASME3.annotations(tmp_path).counts
    assert (counts.micro, counts.macro, counts.blinks) == (8, 0, 0)


def test_missing_and_strange_numbers_are_findings(tmp_path: Path) -> None:
    header: list[Value] = ["subject ", "Filename", "ONSET", "Apex", "Offset", "emotion"]
    good: list[Value] = ["spNO.1", 3, "12", None, 20.0, "sad"]
    bad: list[Value] = ["spNO.1", 3, 4.5, "x", None, ""]
    sheets: dict[str, Rows] = {"notes": [["hello"]], "a sheet": [[], header, [], good, bad]}
    write_xlsx(tmp_path / "labels.xlsx", sheets)
    read = CASME3.annotations(tmp_path)
    first, second = read.expressions
    assert (first.video, first.onset, first.apex, first.offset, first.row) == ("3", 12, None, 20, 4)
    assert (second.onset, second.apex, second.offset, second.emotion) == (4, None, 0, None)
    assert [(f.code, f.row) for f in read.findings] == [("bad-number", 5), ("bad-number", 5)]


def test_rows_without_a_name_are_left_out_and_told(tmp_path: Path) -> None:
    note = (None, None, None, None, None, "a stray note")
    half = ("spNO.1", None, 5, 6, 7, "4", "IV", "sad")
    casme3_me(tmp_path / ME_NAME, [*ME_ROWS, note, half])
    read = CASME3.annotations(tmp_path)
    assert read.counts.rows == len(ME_ROWS) + 1
    assert (read.expressions[-1].subject, read.expressions[-1].video) == ("spNO.1", "")
    assert [(f.code, f.row) for f in read.findings] == [("nameless-row", 10)]


@pytest.mark.parametrize(
    ("me", "full", "rows"),
    [(ME_ROWS, ME_ROWS[:-1], [9]), (ME_ROWS[1:], ME_ROWS, [4]), (ME_ROWS, ME_ROWS[::-1], [])],
)
def test_micro_expressions_of_one_table_alone_are_findings(
    tmp_path: Path, me: Rows, full: Rows, rows: list[int]
) -> None:
    casme3_me(tmp_path / ME_NAME, me)
    casme3_full(tmp_path / FULL_NAME, micro=full)
    found = [(f.code, f.row) for f in CASME3.annotations(tmp_path).findings]
    assert found == [("tables-disagree", row) for row in rows]


def test_contradictions_name_both_rows_and_numbers(tmp_path: Path) -> None:
    """Where the tables differ the numbers of the table with emotions are taken."""
    wrong = list(ME_ROWS)
    wrong[1] = ("spNO.1", "a", 101, 101, 11, "12", "VI", "happy")  # a digit is lost
    wrong[7] = ("spNO.10", "a", 400, 48, 55, "1+2", "II", "surprise")
    casme3_me(tmp_path / ME_NAME, wrong)
    casme3_full(tmp_path / FULL_NAME)  # two macro-expressions above
    read = CASME3.annotations(tmp_path)
    assert [(f.code, f.row, f.frames) for f in read.findings] == [
        ("tables-contradict", 3, (101, 11)),
        ("tables-contradict", 9, (400, 55)),
    ]
    first = read.findings[0].message
    assert "onset 101, apex 101, offset 11 here" in first
    assert f"onset 101, apex 101, offset 110 in row 5 of {FULL_NAME}" in first
    assert f"take those of {ME_NAME}" in first
    assert [(e.onset, e.offset) for e in read.of_kind("micro")][1] == (101, 11)


@pytest.mark.parametrize("word", ["ME", "", "not micro", "Micro or macro", "microphone"])
def test_an_unknown_expression_type_is_a_finding_and_no_expression(
    tmp_path: Path, word: str
) -> None:
    rows = [(*ME_ROWS[0][:7], "Micro-expression", "sad"), (*ME_ROWS[2][:7], word, "sad")]
    write_xlsx(tmp_path / "full.xlsx", {"all": [[*FULL_HEADER, "emotion"], *rows]})
    read = CASME3.annotations(tmp_path)
    assert [(e.kind, e.row) for e in read.expressions] == [("micro", 2)]
    assert [(f.code, f.row, f.video) for f in read.findings] == [("unknown-type", 3, "J")]


def test_damaged_and_missing_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="no such folder"):
        CASME3.annotations(tmp_path / "nowhere")
    with pytest.raises(LabelError, match="emotion; expected"):
        CASME3.annotations(tmp_path)
    for damaged in (b"PK\x03\x04 no zip", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html>"):
        (tmp_path / FULL_NAME).write_bytes(damaged)
        with pytest.raises(LabelError, match="could not read"):
            CASME3.annotations(tmp_path)
    casme3_me(tmp_path / ME_NAME)
    assert [f.code for f in CASME3.annotations(tmp_path).findings] == ["unreadable-table"]


def test_expressions_go_to_their_folders(tmp_path: Path) -> None:
    casme3_labels(tmp_path)
    folders = [("spNO.1", "a"), ("spNO.1", "j"), ("spNO.3", "z")]
    by_video = CASME3.annotations(tmp_path).by_video(folders)
    assert list(by_video) == folders
    assert [e.kind for e in by_video["spNO.1", "a"]] == ["micro", "micro", "macro", "blink"]
    assert [e.video for e in by_video["spNO.1", "j"]] == ["J", "j"]
    assert by_video["spNO.3", "z"] == ()
    both = CASME3.annotations(tmp_path).by_video([("spNO.1", "J"), ("spNO.1", "j")])
    assert [len(expressions) for expressions in both.values()] == [1, 1]


def test_subjects_with_one_key_keep_their_own_rows(tmp_path: Path) -> None:
    """The key is the text after the last dot: A.1, B.1 and 1 have the same."""
    rows = [(name, "a", on, on + 2, on + 9, "4", "IV", "sad") for name, on in
            (("A.1", 10), ("B.1", 30), ("1", 50))]  # fmt: skip
    casme3_me(tmp_path / ME_NAME, rows)
    read = CASME3.annotations(tmp_path)
    both = read.by_video([("A.1", "a"), ("B.1", "a")])
    assert [[e.onset for e in found] for found in both.values()] == [[10], [30]]
    (only,) = read.by_video([("spNO.1", "a")]).values()
    assert [e.onset for e in only] == [10, 30, 50]
