"""Folders of results: their names, whose they are, and what a killed analysis leaves."""

import json
import os
from pathlib import Path

import pytest

from metst.base.errors import ConfigError, MetstError
from metst.predict.places import check_places, digest, replacing, result_names, table_names, title


def folder_of_images(place: Path, content: bytes = b"x") -> Path:
    place.mkdir(parents=True)
    (place / "1.png").write_bytes(content)
    return place


def named(root: Path, *names: str) -> list[str]:
    return result_names([root / name for name in names])


def test_a_file_is_named_without_a_dot_and_images_with_two_folders(tmp_path: Path) -> None:
    images = folder_of_images(tmp_path / "spNO.1" / "a" / "color")
    assert result_names([tmp_path / "clip.mp4", images]) == ["clip-mp4", "spNO.1-a-color"]
    assert title(tmp_path / "clip.mp4") == "clip.mp4"
    assert title(images) == "spNO.1/a/color"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["1/clip.avi", "2/clip.avi"], ["1-clip-avi", "2-clip-avi"]),
        (["1/x/clip.avi", "2/x/clip.avi", "b.avi"], ["1-x-clip-avi", "2-x-clip-avi", "b-avi"]),
        (["clip.avi", "clip.mp4"], ["clip-avi", "clip-mp4"]),
        (["1/Clip.avi", "2/clip.avi"], ["1-Clip-avi", "2-clip-avi"]),
        (["interview-12:30.avi", "-a.avi", "none"], ["interview-12:30-avi", "-a-avi", "none"]),
    ],
)
def test_equal_names_get_more_folders(
    tmp_path: Path, names: list[str], expected: list[str]
) -> None:
    assert named(tmp_path, *names) == expected


def test_names_are_never_equal_nor_too_long(tmp_path: Path) -> None:
    several = named(tmp_path, *(f"{a}/{b}/clip.avi" for a in "xyz" for b in "pq"))
    assert len(set(several)) == 6
    long = named(tmp_path, "采" * 80 + ".avi")[0]
    assert len(os.fsencode(long)) < 255


def test_the_root_and_the_folder_itself_have_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = folder_of_images(tmp_path / "s" / "frames")
    monkeypatch.chdir(images)
    assert result_names([Path()])[0].endswith("s-frames")
    assert result_names([Path("..") / "frames"])[0].endswith("s-frames")
    assert result_names([Path("/")]) == ["root"]


def test_a_link_keeps_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "SHA256-12ab.mp4").write_bytes(b"x")
    (tmp_path / "interview.mp4").symlink_to(tmp_path / "SHA256-12ab.mp4")
    assert named(tmp_path, "interview.mp4") == ["interview-mp4"]


def results_of(video: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    text = json.dumps({"video": str(video), "sha256": digest(video)})
    (folder / "analysis.json").write_text(text)


def test_results_of_another_video_are_kept(tmp_path: Path) -> None:
    one, other, copy = (tmp_path / name for name in ("one.avi", "other.avi", "copy.avi"))
    one.write_bytes(b"1")
    other.write_bytes(b"2")
    copy.write_bytes(b"1")
    folder = tmp_path / "out" / "clip-avi"
    results_of(one, folder)
    check_places([one], [folder])
    check_places([copy], [folder])  # the same pictures
    with pytest.raises(MetstError, match=r"another video \(.*one.avi\); give another --out"):
        check_places([other], [folder])


@pytest.mark.parametrize("text", ["{}", "[]"])
def test_results_of_an_unknown_video_are_kept(tmp_path: Path, text: str) -> None:
    video, folder = tmp_path / "a.avi", tmp_path / "out"
    video.write_bytes(b"1")
    folder.mkdir()
    (folder / "analysis.json").write_text(text)
    with pytest.raises(MetstError, match="another video"):
        check_places([video], [folder])


def test_images_are_the_same_by_their_bytes(tmp_path: Path) -> None:
    one, same = (folder_of_images(tmp_path / name) for name in ("one", "same"))
    other = folder_of_images(tmp_path / "other", b"y")
    assert digest(one) == digest(same) != digest(other)


@pytest.mark.parametrize("where", ["out", "out/clip-avi", "out/deep/er"])
def test_a_file_in_the_way_is_named(tmp_path: Path, where: str) -> None:
    video = tmp_path / "a.avi"
    video.write_bytes(b"x")
    taken = tmp_path / "out" / "clip-avi" if where == "out/clip-avi" else tmp_path / "out"
    taken.parent.mkdir(exist_ok=True)
    taken.write_text("x")
    with pytest.raises(MetstError, match=f"{taken}: expected a folder for results, found a file"):
        check_places([video], [tmp_path / where])


def test_a_link_to_nothing_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to(tmp_path / "nowhere")
    with pytest.raises(MetstError, match="found a file"):
        check_places([tmp_path / "a.avi"], [tmp_path / "out" / "a-avi"])


def test_results_change_together_or_not_at_all(tmp_path: Path) -> None:
    for name in ("intervals.csv", "overlay.mp4", "my notes.txt"):
        (tmp_path / name).write_text("old")

    def write(*, fails: bool) -> None:
        with replacing(tmp_path) as new:
            (new / "intervals.csv").write_text("new")
            if fails:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(fails=True)
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {
        "intervals.csv": "old",
        "overlay.mp4": "old",
        "my notes.txt": "old",
    }
    write(fails=False)  # the overlay was one of the older results
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {
        "intervals.csv": "new",
        "my notes.txt": "old",
    }


def test_subjects_and_videos_are_named_for_the_table() -> None:
    videos = [Path("/d/S1/a.mp4"), Path("/d/S2/a.mp4"), Path("/d/S2/b.mp4"), Path("/d/S2/b.avi")]
    names = table_names(videos, None)
    assert names == [("S1", "a"), ("S2", "a"), ("S2", "b.mp4"), ("S2", "b.avi")]
    color = [Path(f"/d/{subject}/a/color") for subject in ("S1", "S2")]
    assert table_names(color[:1], None) == [("a", "color")]
    assert table_names(color, None) == [("S1", "a-color"), ("S2", "a-color")]
    same = [Path("/d/A/x/clip.mp4"), Path("/d/B/x/clip.mp4"), Path("/d/B/x/clip.avi")]
    assert table_names(same[:2], None) == [("A", "x-clip"), ("B", "x-clip")]
    assert table_names(same, None) == [("x", "clip"), ("x", "clip.mp4"), ("x", "clip.avi")]
    assert table_names(videos[:3], "{subject}/{video}.*") == [*names[:2], ("S2", "b")]
    with pytest.raises(ConfigError, match=r"different names for b\.mp4 and b\.avi"):
        table_names(videos[2:], "{subject}.*")
