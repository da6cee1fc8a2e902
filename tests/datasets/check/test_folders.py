"""Checks of the video folders against the label tables."""

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from metst.datasets.casme3 import CASME3
from metst.datasets.check.folders import folder_findings, ranges, ranges_text
from metst.datasets.labels.annotations import Annotations
from metst.datasets.labels.findings import Finding
from metst.datasets.labels.records import Expression
from metst.datasets.sammlv import SAMMLV
from tests.support.folders import casme3_video, samm_video


def me(video: str, onset: int, offset: int, subject: str = "spNO.1") -> Expression:
    return Expression(subject, video, onset, onset + 1, offset, emotion="others", label="others")


def casme3(root: Path, *rows: Expression) -> list[Finding]:
    folders = list(CASME3.folders(root))
    return list(folder_findings(folders, Annotations("x", rows, len(rows)), CASME3))


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_a_sound_video_has_no_findings(tmp_path: Path) -> None:
    for video, start in (("a", 1), ("b", 0)):  # frame numbers begin at 1 or at 0
        casme3_video(tmp_path, "spNO.1", video, range(start, 41))
    assert casme3(tmp_path, me("a", 1, 40), me("b", 5, 20)) == []


def test_gaps_are_told_with_their_ranges(tmp_path: Path) -> None:
    casme3_video(tmp_path, "spNO.1", "a", [*range(8, 20), *range(21, 30), *range(35, 41)])
    gap, lost = casme3(tmp_path, me("a", 18, 36), me("a", 9, 15))
    assert (gap.code, gap.frames) == ("frame-gap", (1, 34))
    assert "13 of 40" in gap.message
    assert "1-7, 20, 30-34" in gap.message
    assert (lost.code, lost.frames) == ("gap-in-me", (18, 36))
    assert "6 of its frames" in lost.message


def test_annotations_must_lie_in_the_video(tmp_path: Path) -> None:
    casme3_video(tmp_path, "spNO.1", "a", range(1, 31))
    assert codes(casme3(tmp_path, me("a", 20, 30), me("a", 20, 31))) == ["outside-video"]


def test_folders_and_annotations_must_meet(tmp_path: Path) -> None:
    casme3_video(tmp_path, "spNO.1", "a", range(1, 31))
    casme3_video(tmp_path, "spNO.1", "j", range(1, 31))
    casme3_video(tmp_path, "spNO.2", "a", range(1, 31))
    found = casme3(tmp_path, me("a", 1, 9), me("J", 1, 9), me("z", 1, 9), me("z", 11, 19))
    assert [(f.code, f.subject, f.video) for f in found] == [
        ("no-annotation", "spNO.2", "a"),
        ("no-folder", "spNO.1", "z"),
        ("name-case", "spNO.1", "J"),
    ]


def test_folders_that_differ_in_case_only(tmp_path: Path) -> None:
    for video in ("J", "j"):
        casme3_video(tmp_path, "spNO.1", video, range(1, 31))
    assert codes(casme3(tmp_path, me("j", 1, 9), me("J", 1, 9))) == ["name-case"]


def test_empty_folders_and_odd_names(tmp_path: Path) -> None:
    casme3_video(tmp_path, "spNO.1", "a", [])
    casme3_video(tmp_path, "spNO.1", "b", range(1, 5))
    (tmp_path / "data" / "spNO.1" / "b" / "color" / "cover.jpg").write_bytes(b"x")
    (tmp_path / "data" / "spNO.1" / "c").mkdir()
    found = casme3(tmp_path, me("a", 1, 2), me("b", 1, 2), me("c", 1, 2))
    assert [(f.code, f.video) for f in found] == [
        ("no-images", "a"),
        ("odd-name", "b"),
        ("no-images", "c"),
    ]


def test_samm_counts_positions_not_names(tmp_path: Path) -> None:
    samm_video(tmp_path, "006_1", range(5, 105))  # 100 images, the first of which is frame 1
    folders = list(SAMMLV.folders(tmp_path))
    assert [folder.key for folder in folders] == [("006", "006_1")]
    assert SAMMLV.length(folders[0].names) == len(range(0, 100, 7))
    rows = (me("006_1", 50, 100, "006"), me("006_1", 50, 101, "006"))
    found = list(folder_findings(folders, Annotations("x", rows, 2), SAMMLV))
    assert codes(found) == ["outside-video"]


def test_folders_come_in_natural_order(tmp_path: Path) -> None:
    for subject in ("spNO.10", "spNO.2", "spNO.1"):
        casme3_video(tmp_path, subject, "a", [1])
    (tmp_path / "data" / ".cache").mkdir()
    assert [f.subject for f in CASME3.folders(tmp_path)] == ["spNO.1", "spNO.2", "spNO.10"]


@given(st.sets(st.integers(0, 60)))
def test_ranges_cover_the_numbers_exactly(numbers: set[int]) -> None:
    found = ranges(numbers)
    assert [n for a, b in found for n in range(a, b + 1)] == sorted(numbers)
    assert all(b + 1 < c for (_, b), (c, _) in pairwise(found))


def test_many_ranges_are_cut_short() -> None:
    assert ranges_text([(1, 3), (9, 9)]) == "1-3, 9"
    assert ranges_text([(n, n) for n in range(0, 40, 2)]).endswith("12 more ranges")


def test_hidden_files_are_no_images(tmp_path: Path) -> None:
    folder = casme3_video(tmp_path, "spNO.1", "a", range(1, 31))
    (folder / "._1.jpg").write_bytes(b"x")  # what macOS leaves beside copied files
    (folder / "Thumbs.db").write_bytes(b"x")
    assert casme3(tmp_path, me("a", 1, 30)) == []


def test_a_stray_copy_leaves_the_video_as_it_is(tmp_path: Path) -> None:
    folder = casme3_video(tmp_path, "spNO.1", "a", range(1, 31))
    for name in ("7 (1).jpg", "99999999.jpg"):
        (folder / name).write_bytes(b"x")
    (listed,) = CASME3.folders(tmp_path)
    assert CASME3.length(listed.names) == 30
    found = casme3(tmp_path, me("a", 1, 30))
    assert codes(found) == ["odd-name", "odd-name"]
    assert "7 (1).jpg carries no frame number" in found[0].message


def test_two_files_for_a_frame_are_an_error(tmp_path: Path) -> None:
    folder = casme3_video(tmp_path, "spNO.1", "a", range(1, 31))
    (folder / "0007.jpg").write_bytes(b"x")
    assert codes(casme3(tmp_path, me("a", 1, 30))) == ["same-number"]
    for number in range(1, 31):
        (folder / f"{number}.png").write_bytes(b"x")
    (found,) = casme3(tmp_path, me("a", 1, 30))
    assert (found.code, found.path) == ("no-features", folder)
    assert "31 of 61 images have the number of another" in found.message


def test_clock_times_are_no_frame_numbers(tmp_path: Path) -> None:
    times = [20220805120000000 + 33 * i for i in range(60)]
    casme3_video(tmp_path, "spNO.1", "a", times)
    assert codes(casme3(tmp_path, me("a", 1, 30))) == ["no-features"]
    samm_video(tmp_path, "006_1", times)  # these have an order all the same
    folders = list(SAMMLV.folders(tmp_path))
    assert SAMMLV.length(folders[0].names) == len(range(0, 60, 7))
    rows = Annotations("x", (me("006_1", 10, 20, "006"),), 1)
    (found,) = folder_findings(folders, rows, SAMMLV)
    assert found.code == "odd-name"
    assert "in the order of their names" in found.message


def test_frames_after_a_gap_count_too_low_where_the_order_counts(tmp_path: Path) -> None:
    samm_video(tmp_path, "006_1", [*range(1, 40), *range(50, 90)])
    rows = Annotations("x", (me("006_1", 10, 20, "006"),), 1)
    (found,) = folder_findings(list(SAMMLV.folders(tmp_path)), rows, SAMMLV)
    assert (found.code, found.frames) == ("frame-gap", (40, 49))
    assert "all after these count too low" in found.message
