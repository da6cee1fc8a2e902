"""A marked folder is distinguished from one that only has its name."""

import shutil
from pathlib import Path

from metst.base.executors import Mark, Processes, Serial, marked


class Elsewhere(Serial):
    elsewhere = True


def test_a_copy_of_the_folder_is_another_folder(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "run"
    with marked(folder, Elsewhere()) as first:
        assert first.path is not None
        assert first.seen()
        assert not Mark(tmp_path / "other" / first.path.name).seen()
        copy = shutil.copytree(folder, tmp_path / "copy")
    with marked(folder, Elsewhere()) as second:
        assert second.path is not None
        assert not Mark(copy / second.path.name).seen()
    assert list(folder.iterdir()) == []


def test_workers_of_this_machine_need_no_mark(tmp_path: Path) -> None:
    for executor in (Serial(), Processes(2)):
        with marked(tmp_path / "run", executor) as mark:
            assert mark.seen()
    assert not (tmp_path / "run").exists()
