"""Figures of the published label tables; METST_LABELS names a folder that holds copies of them.

The tables are found by their content, in any folder below. All figures come from an independent
reading of the same files.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from metst.base.errors import LabelError
from metst.datasets.base import DataSet
from metst.datasets.casme3 import CASME3
from metst.datasets.check.lint import check
from metst.datasets.check.report import Report
from metst.datasets.labels import Annotations, Recording
from metst.datasets.labels.authors import half_length
from metst.datasets.labels.ceiling import ceiling
from metst.datasets.labels.records import LARGEST_FRAME
from metst.datasets.labels.sheets import SUFFIXES
from metst.datasets.labels.tables import read_tables
from metst.datasets.sammlv import SAMMLV
from tests.support.label_tables import FACS_NAME, FULL_NAME, LONG_NAME, ME_NAME

OFFICIAL = {ME_NAME: "00939eff", FULL_NAME: "f49fbd84"}
CORRECTED = {ME_NAME: "2150e116", FULL_NAME: "d17cba37"}
"""Beginning of the SHA-256 of the tables of CAS(ME)^3, part A, version 2."""

CONTRADICTING = {130, 751, 798, 800}
"""Rows of the official table of micro-expressions with other numbers than the table beside it."""

LONGEST = 710
"""Row of the micro-expression that lasts 115 s."""

EMOTIONS = {
    "disgust": 250,
    "surprise": 187,
    "others": 161,
    "fear": 86,
    "anger": 64,
    "sad": 57,
    "happy": 55,
}


@pytest.fixture(scope="module")
def files() -> dict[str, Path]:
    """Every table below METST_LABELS, by SHA-256."""
    folder = os.environ.get("METST_LABELS")
    if not folder:
        pytest.skip("METST_LABELS names no folder with the published label tables")
    tables = (p for p in Path(folder).rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in sorted(tables)}


@pytest.fixture(params=[OFFICIAL, CORRECTED], ids=["official", "corrected"])
def casme3(
    request: pytest.FixtureRequest, files: dict[str, Path], tmp_path: Path
) -> tuple[Path, bool]:
    """Folder with both tables of CAS(ME)^3, and whether they are the official ones."""
    for name, digest in request.param.items():
        found = [path for key, path in files.items() if key.startswith(digest)]
        if not found:
            pytest.skip(f"no table below METST_LABELS has a SHA-256 that begins with {digest}")
        shutil.copy(found[0], tmp_path / name)
    return tmp_path, request.param is OFFICIAL


@pytest.fixture
def sammlv(files: dict[str, Path], tmp_path: Path) -> Path:
    """Folder with the tables of SAMM-LV whose frame numbers are whole."""
    whole = (path for path in files.values() if _fits(path, ("filename", "onset", "type")))
    long = [path for path in whole if not _fractional(path)]
    facs = [p for p in files.values() if _fits(p, ("filename", "micro", "estimated emotion"))]
    if not long or not facs:
        pytest.skip("no tables of SAMM-LV below METST_LABELS")
    shutil.copy(long[0], tmp_path / LONG_NAME)
    shutil.copy(facs[0], tmp_path / FACS_NAME)
    return tmp_path


def test_counts_of_casme3(casme3: tuple[Path, bool]) -> None:
    counts = CASME3.annotations(casme3[0]).counts
    assert (counts.rows, counts.subjects, counts.videos) == (860, 94, 463)
    assert (counts.macro, counts.micro, counts.blinks) == (3346, 860, 841)
    assert (counts.annotated_subjects, counts.annotated_videos) == (98, 1001)
    assert counts.emotions == EMOTIONS


def test_usable_micro_expressions_of_casme3(casme3: tuple[Path, bool]) -> None:
    folder, official = casme3
    report = labels_of(CASME3, folder)
    authors, strict = report.usable["authors"], report.usable["strict"]
    assert (authors.samples, authors.videos, authors.subjects) == (859, 463, 94)
    expected = (856, 462, 94) if official else (859, 463, 94)
    assert (strict.samples, strict.videos, strict.subjects) == expected


def test_lengths_of_casme3(casme3: tuple[Path, bool]) -> None:
    folder, _ = casme3
    recordings = list(in_videos(CASME3.annotations(folder), CASME3))
    assert half_length(recordings) == 17
    assert half_length([without_row(r, LONGEST) for r in recordings]) == 15
    shares = {17: 57, 15: 65, 10: 73}  # k_p: percent that some interval can reach
    for k_p, percent in shares.items():
        found = ceiling(recordings, k_p)
        assert found is not None
        assert round(100 * found.share) == percent


def test_findings_of_casme3(casme3: tuple[Path, bool]) -> None:
    folder, official = casme3
    report = labels_of(CASME3, folder)
    rows = {f.row for f in report.findings if f.code == "tables-contradict"}
    assert (rows >= CONTRADICTING) is official
    codes = [f.code for f in report.findings]
    assert codes.count("very-long-me") == 73
    assert codes.count("long-me") + codes.count("very-long-me") == 552
    same = [f.path for f in report.findings if f.code == "onset-is-apex"]
    assert same.count(folder / ME_NAME) == 55
    lines = list(report.lines())
    after = next(line for line in lines if "very-long-me" in line)
    assert f"row {LONGEST} " in lines[lines.index(after) + 1]  # 115 s come before 2 to 7 s


def test_counts_of_sammlv(sammlv: Path) -> None:
    annotations = SAMMLV.annotations(sammlv)
    counts = annotations.counts
    assert (counts.micro, counts.macro) == (159, 343)
    assert (counts.annotated_videos, counts.annotated_subjects) == (147, 30)
    assert (counts.videos, counts.subjects) == (79, 29)
    assert half_length(list(in_videos(annotations, SAMMLV))) == 5
    codes = {f.code for f in labels_of(SAMMLV, sammlv).findings}
    assert not codes & {"unknown-type", "count"}


def test_an_older_table_of_sammlv_has_fractions(files: dict[str, Path]) -> None:
    older = [
        p for p in files.values() if _fits(p, ("filename", "onset", "type")) and _fractional(p)
    ]
    if not older:
        pytest.skip("no table of SAMM-LV with fractional frame numbers below METST_LABELS")
    for path in older:
        (table, *_) = read_tables(path, ("filename", "onset", "type"))
        onsets = {row.integer("onset") for row in table.rows}
        assert 566 in {*onsets, *(row.integer("offset") for row in table.rows)}


def labels_of(data: DataSet, folder: Path) -> Report:
    return check(data, folder, labels_only=True)


def in_videos(annotations: Annotations, data: DataSet) -> Iterator[Recording]:
    """The videos that have micro-expressions, taken for long enough."""
    keys = dict.fromkeys((e.subject, e.video) for e in annotations.of_kind("micro"))
    for (subject, video), expressions in annotations.by_video(keys).items():
        yield Recording(subject, video, LARGEST_FRAME, data.timebase, expressions)


def without_row(recording: Recording, row: int) -> Recording:
    kept = [e for e in recording.expressions if (e.kind, e.row) != ("micro", row)]
    return replace(recording, expressions=tuple(kept))


def _fits(path: Path, columns: tuple[str, ...]) -> bool:
    try:
        return bool(read_tables(path, columns))
    except LabelError:
        return False


def _fractional(path: Path) -> bool:
    (table, *_) = read_tables(path, ("filename", "onset", "type"))
    numbers = ("onset", "apex", "offset")
    return any("taken as" in f.message for f in table.problems(("filename",), numbers))
