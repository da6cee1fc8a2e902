"""SAMM Long Videos label files of the published shape."""

from pathlib import Path

import pytest

from metst.base.errors import LabelError
from metst.datasets.sammlv import SAMMLV
from tests.support.label_tables import FACS_NAME, FACS_ROWS, LONG_NAME, SAMM_ROWS, samm_labels


@pytest.mark.parametrize("preambles", [(9, 13), (0, 0), (3, 1)])
def test_the_header_is_found_below_any_preamble(tmp_path: Path, preambles: tuple[int, int]) -> None:
    samm_labels(tmp_path, preambles=preambles)
    micro = SAMMLV.annotations(tmp_path).of_kind("micro")
    assert [(e.subject, e.video, e.onset, e.apex, e.offset) for e in micro] == [
        ("006", "006_1", 158, 178, 208),
        ("006", "006_2", 50, 60, 90),
        ("007", "007_1", 700, None, 760),
    ]
    assert [e.row for e in micro] == [preambles[0] + i for i in (2, 4, 6)]


def test_emotions_are_joined_by_file_name_and_type(tmp_path: Path) -> None:
    samm_labels(tmp_path)
    read = SAMMLV.annotations(tmp_path)
    assert [e.emotion for e in read.of_kind("micro")] == ["positive", None, "others"]
    assert [(f.code, f.row) for f in read.findings] == [("no-emotion", 13)]
    macro = ("006", "006_2_1", 2, 50, 60, 90, 41, "Macro", "4", "Anger", 1, None)
    samm_labels(tmp_path, facs=[*FACS_ROWS, macro])
    assert SAMMLV.annotations(tmp_path).of_kind("micro")[1].emotion is None
    micro = ("006", "006_2_1", 2, 50, 60, 90, 41, "Micro - 1/2", "4", "Anger", 1, None)
    samm_labels(tmp_path, facs=[*FACS_ROWS, micro])
    assert SAMMLV.annotations(tmp_path).of_kind("micro")[1].emotion == "negative"


def test_macro_expressions_are_read_too(tmp_path: Path) -> None:
    samm_labels(tmp_path)
    read = SAMMLV.annotations(tmp_path)
    macro = read.of_kind("macro")
    assert [(e.video, e.onset, e.apex, e.offset) for e in macro] == [
        ("006_1", 300, 350, 500), ("007_1", 400, None, 500),
    ]  # fmt: skip
    assert all(e.emotion is None for e in macro)
    assert (read.counts.rows, read.counts.micro, read.counts.macro) == (5, 3, 2)
    assert (read.counts.annotated_subjects, read.counts.annotated_videos) == (2, 3)


@pytest.mark.parametrize("name", [LONG_NAME, FACS_NAME])
def test_a_missing_table_is_told_by_its_name(tmp_path: Path, name: str) -> None:
    samm_labels(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(LabelError, match=name.replace(".", r"\.")):
        SAMMLV.annotations(tmp_path)


def test_names_do_not_matter(tmp_path: Path) -> None:
    samm_labels(tmp_path / "a")
    samm_labels(tmp_path / "b")
    (tmp_path / "b" / LONG_NAME).rename(tmp_path / "b" / "one.xlsx")
    (tmp_path / "b" / FACS_NAME).rename(tmp_path / "b" / "two.xlsx")
    assert (
        SAMMLV.annotations(tmp_path / "a").expressions
        == SAMMLV.annotations(tmp_path / "b").expressions
    )
    assert len(SAMMLV.annotations(tmp_path / "b").expressions) == len(SAMM_ROWS)


@pytest.mark.parametrize("word", ["ME", "", "expression"])
def test_an_unknown_type_is_a_finding_and_no_expression(tmp_path: Path, word: str) -> None:
    rows = [(*row[:7], word if i == 0 else row[7], *row[8:]) for i, row in enumerate(SAMM_ROWS)]
    samm_labels(tmp_path, rows=rows)
    read = SAMMLV.annotations(tmp_path)
    assert [e.row for e in read.expressions] == [13, 15, 12, 14]
    found = [(f.code, f.row, f.subject, f.video) for f in read.findings if f.code != "no-emotion"]
    assert found == [("unknown-type", 11, "006", "006_1")]


@pytest.mark.parametrize("word", ["Micro - 1/2", "Micro - 1", "micro", "Micro-expression", "MICRO"])
def test_spellings_of_micro(tmp_path: Path, word: str) -> None:
    samm_labels(tmp_path, rows=[(*SAMM_ROWS[0][:7], word, "12", None)])
    (only,) = SAMMLV.annotations(tmp_path).expressions
    assert (only.kind, only.emotion) == ("micro", "positive")


def test_two_emotions_of_one_micro_expression_are_a_finding(tmp_path: Path) -> None:
    other = (*FACS_ROWS[1][:9], "Anger", *FACS_ROWS[1][10:])
    samm_labels(tmp_path, facs=[*FACS_ROWS, other])
    (found,) = [f for f in SAMMLV.annotations(tmp_path).findings if f.code == "tables-contradict"]
    assert (found.row, found.video) == (17, "006_1")
    assert "'Anger' here and 'Happiness' in row 16" in found.message


def test_fractional_frame_numbers_are_rounded(tmp_path: Path) -> None:
    """As an older release of the table has them."""
    row = ("006", "006_1_2", 1, 566.4, 600.0, 743.2, 177, "Micro - 1/2", "12", None)
    samm_labels(tmp_path, rows=[row])
    read = SAMMLV.annotations(tmp_path)
    assert [(e.onset, e.apex, e.offset) for e in read.expressions] == [(566, 600, 743)]
    messages = [f.message for f in read.findings if f.code == "bad-number"]
    assert messages == ["onset is '566.4', taken as 566", "offset is '743.2', taken as 743"]
