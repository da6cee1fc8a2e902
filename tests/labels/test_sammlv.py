"""SAMM Long Videos label files of the published shape."""

from pathlib import Path

import pytest

from metst.errors import LabelError
from metst.labels import read_sammlv
from tests.labels.tables import FACS_NAME, FACS_ROWS, LONG_NAME, SAMM_ROWS, samm_labels


@pytest.mark.parametrize("preambles", [(9, 13), (0, 0), (3, 1)])
def test_the_header_is_found_below_any_preamble(tmp_path: Path, preambles: tuple[int, int]) -> None:
    samm_labels(tmp_path, preambles=preambles)
    micro = read_sammlv(tmp_path).of_kind("micro")
    assert [(e.subject, e.video, e.onset, e.apex, e.offset) for e in micro] == [
        ("006", "006_1", 158, 178, 208),
        ("006", "006_2", 50, 60, 90),
        ("007", "007_1", 700, None, 760),
    ]
    assert [e.row for e in micro] == [preambles[0] + i for i in (2, 4, 6)]


def test_emotions_are_joined_by_file_name_and_type(tmp_path: Path) -> None:
    samm_labels(tmp_path)
    read = read_sammlv(tmp_path)
    assert [e.emotion for e in read.of_kind("micro")] == ["positive", None, "others"]
    assert [(f.code, f.row) for f in read.findings] == [("no-emotion", 13)]
    macro = ("006", "006_2_1", 2, 50, 60, 90, 41, "Macro", "4", "Anger", 1, None)
    samm_labels(tmp_path, facs=[*FACS_ROWS, macro])
    assert read_sammlv(tmp_path).of_kind("micro")[1].emotion is None
    micro = ("006", "006_2_1", 2, 50, 60, 90, 41, "Micro - 1/2", "4", "Anger", 1, None)
    samm_labels(tmp_path, facs=[*FACS_ROWS, micro])
    assert read_sammlv(tmp_path).of_kind("micro")[1].emotion == "negative"


def test_macro_expressions_are_read_too(tmp_path: Path) -> None:
    samm_labels(tmp_path)
    read = read_sammlv(tmp_path)
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
        read_sammlv(tmp_path)


def test_names_do_not_matter(tmp_path: Path) -> None:
    samm_labels(tmp_path / "a")
    samm_labels(tmp_path / "b")
    (tmp_path / "b" / LONG_NAME).rename(tmp_path / "b" / "one.xlsx")
    (tmp_path / "b" / FACS_NAME).rename(tmp_path / "b" / "two.xlsx")
    assert read_sammlv(tmp_path / "a").expressions == read_sammlv(tmp_path / "b").expressions
    assert len(read_sammlv(tmp_path / "b").expressions) == len(SAMM_ROWS)
