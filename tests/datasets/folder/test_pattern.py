"""Patterns of files, read and guessed."""

from pathlib import Path

import pytest

from metst.base.errors import DataError
from metst.datasets.folder.dataset import Folder
from metst.datasets.folder.guess.places import pattern_of
from metst.datasets.folder.options import FolderOptions
from metst.datasets.folder.pattern import fixed_folder, matches


def _made(root: Path, *names: str) -> list[Path]:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return [root / name for name in names]


@pytest.mark.parametrize(
    ("pattern", "name", "key"),
    [
        ("v/{subject}_{video}.mp4", "v/S1_a_2.mp4", ("S1", "a_2")),
        ("{subject}/{video}.*", "S1/a.b.mkv", ("S1", "a")),
        ("{subject}/x_*_{video}.avi", "S1/x_y_2.avi", ("S1", "2")),
        ("{subject}/{subject}-{video}.avi", "S1/S1-2.avi", ("S1", "2")),
        ("{subject}.mp4", "S[1].mp4", ("S[1]", "S[1]")),
        ("a+b/{subject}/c", "a+b/被试3/c", ("被试3", "c")),
        (".own/{subject}/{video}.avi", ".own/S1/2.avi", ("S1", "2")),
    ],
)
def test_names_come_from_the_path(
    tmp_path: Path, pattern: str, name: str, key: tuple[str, str]
) -> None:
    (path,) = _made(tmp_path, name)
    others = _made(tmp_path, "other.txt", "v/.S1_hidden.mp4", "S2/deep/S1-2.avi", ".git/a.mkv")
    found = matches(tmp_path, pattern)
    assert found[path] == key
    assert not set(others) & set(found)


def test_the_folder_of_all_videos() -> None:
    assert fixed_folder(Path("r"), "a/b/{subject}_{video}.mp4") == Path("r/a/b")
    assert fixed_folder(Path("r"), "{subject}.mp4") == Path("r")


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (["v/S1_a.mp4", "v/S2_b.mp4"], "v/{subject}_{video}.mp4"),
        (["S1-a.avi", "S2-b.mov"], "{subject}-{video}.*"),
        (["v/S1.mp4", "v/S2.mp4"], "v/{subject}.mp4"),
        (["s1/a/x.mp4", "s2/b/x.mp4"], "{subject}/{video}/x.mp4"),
        (["s1/a.mp4", "s1/b.mp4", "s2/a.mp4", "readme/deep/c.mp4"], "{subject}/{video}.mp4"),
        (["only.mp4"], "{subject}.mp4"),
        (["P 1 - x.mp4", "P 2 - y.mp4"], "{subject} - {video}.mp4"),
        (["P 1.mp4", "P 2.mp4"], "{subject} {video}.mp4"),
    ],
)
def test_a_pattern_is_guessed_from_names(tmp_path: Path, names: list[str], pattern: str) -> None:
    paths = _made(tmp_path, *names)
    assert pattern_of(tmp_path, paths) == pattern
    deep = [path for path in paths if "deep" in path.parts]
    assert set(paths) - set(matches(tmp_path, pattern)) == set(deep)


def test_two_videos_of_one_name_are_refused(tmp_path: Path) -> None:
    _made(tmp_path, "S1_a.mp4", "S1_a.avi")
    data = Folder(FolderOptions("own", "{subject}_{video}.*", "labels.csv"))
    with pytest.raises(DataError, match="S1 and a are also subject and video of"):
        data.videos(tmp_path)
