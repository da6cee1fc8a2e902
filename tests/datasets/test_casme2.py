"""CAS(ME)^2: files of the shape that public programs read, with invented rows."""

from pathlib import Path

import pytest

from metst.base.errors import LabelError
from metst.datasets.casme2 import CASME2
from metst.datasets.check.lint import check
from tests.support.folders import JPEG
from tests.support.label_tables import Rows, write_xlsx

ROWS: Rows = [
    (1, "disgust1_1", 10, 14, 20, "AU4", "negative", "micro-expression", "disgust"),
    (1, "disgust1_2", 30, 0, 60, "AU4", "negative", "macro-expression", "disgust"),
    (2, "anger1_10", 5, 9, 0, "AU4", "others", "micro-expression", "anger"),
]
SUBJECTS: Rows = [(15, "s15", 1), (16, "s16", 2)]
FILMS: Rows = [("0101", "disgust1"), ("0401", "anger1")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for video in ("s15/15_0101disgustingteeth", "s16/16_0401girlcrashing"):
        folder = tmp_path / "rawpic" / video
        folder.mkdir(parents=True)
        for number in range(1, 71):
            (folder / f"img_{number}.jpg").write_bytes(JPEG)
    _label(tmp_path)
    return tmp_path


def _label(root: Path, rows: Rows = ROWS) -> None:
    sheets = {"CASFEcode_final": rows, "naming rule1": SUBJECTS, "naming rule2": FILMS}
    write_xlsx(root / "CAS(ME)^2code_final(Updated).xlsx", sheets)


def test_rows_find_their_videos(root: Path) -> None:
    found = CASME2.annotations(root).expressions
    assert [(e.subject, e.video, e.onset, e.apex, e.offset, e.emotion, e.row) for e in found] == [
        ("s15", "15_0101disgustingteeth", 10, 14, 20, "negative", 1),
        ("s16", "16_0401girlcrashing", 5, 9, 0, "others", 3),
        ("s15", "15_0101disgustingteeth", 30, None, 60, None, 2),
    ]
    assert CASME2.timebase.fps == 30
    assert len(CASME2.frames(root, "s15", "15_0101disgustingteeth")) == 70


def test_the_check_knows_what_is_published(root: Path) -> None:
    report = check(CASME2, root)
    codes = {f.code for f in report.findings}
    assert {"count", "zero-frame"} <= codes
    assert "no-folder" not in codes
    assert report.published["micro"] == (57,)
    assert report.usable["strict"].samples == 1
    assert check(CASME2, root, labels_only=True).numbers["micro"] == 2


def test_other_files_beside_the_labels_change_nothing(root: Path) -> None:
    expected = CASME2.annotations(root)
    for name in ("._CAS(ME)^2code_final.xlsx", ".~lock.CAS(ME)^2code_final.xlsx#", "old.xlsx"):
        (root / name).write_bytes(b"\0\5\26\7 no table")
    assert CASME2.annotations(root) == expected
    (root / "CAS(ME)^2code_final(Updated).xlsx").unlink()
    with pytest.raises(LabelError, match=r"old\.xlsx: cannot be read as a spreadsheet"):
        CASME2.annotations(root)


def test_labels_that_do_not_fit_are_refused(root: Path) -> None:
    _label(root, [(3, *ROWS[0][1:])])
    with pytest.raises(LabelError, match="row 1: '3' is not in the sheets of the names"):
        CASME2.annotations(root)
    write_xlsx(root / "CAS(ME)^2code_final(Updated).xlsx", {"CASFEcode_final": ROWS})
    with pytest.raises(LabelError, match="expected one spreadsheet with the sheets 'naming rule1'"):
        CASME2.annotations(root)
