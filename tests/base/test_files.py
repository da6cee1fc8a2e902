"""Atomic writes, files that users wrote, and the names and places that they choose."""

import os
from pathlib import Path

import pytest

from metst.base.errors import ConfigError, DataError
from metst.base.files import check_place, folder_name, read_yaml, write_atomic


def test_makes_folders_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.bin"
    write_atomic(path, b"one")
    write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in path.parent.iterdir()] == ["b.bin"]


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept"
    write_atomic(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_atomic(tmp_path / "x", b"")
    finally:
        os.umask(old)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("# \u5b9e\u9a8c\nlr: 1\n".encode("gbk"), "UTF-8, found other bytes in line 1"),
        ("lr: 1\nname: \u5b9e\u9a8c\n".encode("gbk"), "UTF-8, found other bytes in line 2"),
        ("lr: 1\n".encode("utf-16"), "UTF-8"),
        (b"lr: 1\n\0", "UTF-8"),
        (b"a:\n\tb: 1\n", "line 2"),
        (b"lr: 1\nseed: 2\nlr: 3\n", "'lr' is given twice, in line 1 and in line 3"),
        (b"a:\n- b: {c: 1,\n   c: 2}\n", "'c' is given twice, in line 2 and in line 3"),
        (b"day: 2020-13-45\n", "month must be"),
        (b"[" * 3000, "expected YAML"),
    ],
)
def test_yaml_that_cannot_be_meant_is_refused_in_one_line(
    data: bytes, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=message) as caught:
        read_yaml(path, "experiment")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_yaml_with_aliases_merges_and_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\nc: [*a, *a]\n")
    tree = read_yaml(path, "experiment")
    assert tree["b"] == {"x": 3, "y": 2}
    assert tree["c"] == [{"x": 1, "y": 2}] * 2


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"{tmp_path}: expected a file .sweep., found a folder"):
        read_yaml(tmp_path, "sweep")


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", " a", "a ", ".", "..", "a/b", "/a", "../a", "a\\b", "a\nb", "a\0b", "-a", ".a"),
        *("x" * 256, "\u5b9e" * 86, "\udcff", "\u3000", "a\x1b[31m"),
    ],
)
def test_what_is_no_name_of_one_folder_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="--name: expected the name of a folder"):
        folder_name(name, "--name")


@pytest.mark.parametrize("name", ["demo", "a b", "1e5", "\u5b9e" * 85, "x" * 255, "a.b-c_d", "[x]"])
def test_names_of_folders(name: str, tmp_path: Path) -> None:
    (tmp_path / folder_name(name, "--name")).mkdir()


def test_places_that_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path, folder in ((tmp_path, True), (tmp_path / "file", False), (tmp_path / "a/b", False)):
        check_place(path, "--out", folder=folder)
    check_place(tmp_path / "a" / "b", "--out", folder=True)
    assert {p.name for p in tmp_path.iterdir()} == {"file"}


def test_places_that_are_taken(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    for path, folder, message in (
        (tmp_path, False, f"{tmp_path}: --out: expected a file here, found a folder"),
        (tmp_path / "file", True, "file: --out: expected a folder here, found a file"),
        (tmp_path / "file/a/b", True, "file: --out: expected a folder here, found a file"),
        (tmp_path / "gone", False, "gone: --out: expected a file here, found something else"),
        (Path("/dev/null"), False, "/dev/null: --out: expected a file here, found something else"),
        (tmp_path / ("x" * 300), False, "File name too long"),
    ):
        with pytest.raises(DataError, match=message):
            check_place(path, "--out", folder=folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DataError, match="may not be written"):
        check_place(tmp_path / "x", "--out")
