"""Checkpoints under damage and kills: what is used is what was written."""

import hashlib
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metst.base.errors import MetstError
from metst.results.checkpoint import (
    LAST,
    PREVIOUS,
    SUMS,
    intact,
    keep,
    recover,
    settle,
)

FIRST, SECOND, THIRD = (bytes([x]) * 1000 + os.urandom(500) for x in (1, 2, 3))

FILE_EVENTS = ("open", "os.rename", "os.chmod", "os.remove", "tempfile.mkstemp")


def flip(path: Path, position: float, bit: int = 0) -> None:
    """Flip one bit; `position` from 0 (first byte) to 1 (last byte)."""
    data = bytearray(path.read_bytes())
    data[round(position * (len(data) - 1))] ^= 1 << bit
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:700])


def test_the_last_two_are_there_and_known(tmp_path: Path) -> None:
    assert recover(tmp_path) is None
    for data in (FIRST, SECOND, THIRD):
        keep(tmp_path, data)
    assert (tmp_path / LAST).read_bytes() == THIRD
    assert (tmp_path / PREVIOUS).read_bytes() == SECOND
    assert (tmp_path / SUMS).read_text().splitlines() == [
        f"{hashlib.sha256(THIRD).hexdigest()}  {LAST}",
        f"{hashlib.sha256(SECOND).hexdigest()}  {PREVIOUS}",
    ]
    assert recover(tmp_path) == tmp_path / LAST


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="the tool sha256sum is not here")
def test_the_digests_are_in_the_format_of_sha256sum(tmp_path: Path) -> None:
    keep(tmp_path, FIRST)
    subprocess.run(["sha256sum", "--strict", "-c", SUMS], cwd=tmp_path, check=True)
    keep(tmp_path, SECOND)
    subprocess.run(["sha256sum", "--strict", "-c", SUMS], cwd=tmp_path, check=True)


@given(position=st.floats(0, 1), bit=st.integers(0, 7))
@settings(max_examples=40, deadline=None)
def test_any_flipped_bit_is_noticed_and_the_previous_one_used(
    tmp_path_factory: pytest.TempPathFactory, position: float, bit: int
) -> None:
    folder = tmp_path_factory.mktemp("fold")
    keep(folder, FIRST)
    keep(folder, SECOND)
    flip(folder / LAST, position, bit)
    assert not intact(folder / LAST)
    assert recover(folder) == folder / PREVIOUS
    assert (folder / PREVIOUS).read_bytes() == FIRST


@pytest.mark.parametrize("damage", [cut, lambda path: path.write_bytes(b""), lambda p: flip(p, 1)])
def test_damage_is_told_in_words(
    damage: Callable[[Path], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keep(tmp_path, FIRST)
    keep(tmp_path, SECOND)
    damage(tmp_path / LAST)
    with caplog.at_level(logging.WARNING, "metst"):
        assert recover(tmp_path) == tmp_path / PREVIOUS
    assert f"{tmp_path / LAST} is damaged" in caplog.text
    assert "going on from previous.ckpt" in caplog.text
    # The next checkpoint does not push out the good one for the bad one.
    keep(tmp_path, THIRD)
    assert (tmp_path / PREVIOUS).read_bytes() == FIRST
    assert recover(tmp_path) == tmp_path / LAST


def test_where_both_are_damaged_the_fold_begins_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keep(tmp_path, FIRST)
    keep(tmp_path, SECOND)
    cut(tmp_path / LAST)
    flip(tmp_path / PREVIOUS, 0.5)
    with caplog.at_level(logging.WARNING, "metst"):
        assert recover(tmp_path) is None
    assert caplog.text.count("is damaged") == 2
    assert caplog.text.count("begins anew") == 2
    keep(tmp_path, THIRD)
    assert recover(tmp_path) == tmp_path / LAST


def test_a_bad_last_one_that_nobody_looked_at_does_not_push_out_the_good_one(
    tmp_path: Path,
) -> None:
    keep(tmp_path, FIRST)
    keep(tmp_path, SECOND)
    flip(tmp_path / LAST, 0.3)
    keep(tmp_path, THIRD)
    assert (tmp_path / PREVIOUS).read_bytes() == FIRST
    assert intact(tmp_path / PREVIOUS)


@pytest.mark.parametrize("before", [1, 2, 3])
def test_killed_at_any_file_operation_a_good_one_is_there(before: int, tmp_path: Path) -> None:
    """A real SIGKILL at the first, second, ... operation on files while one is being kept."""
    written = [FIRST, SECOND, THIRD, b"4" * 3000]
    killed = 0
    while True:
        folder = tmp_path / str(killed)
        for data in written[:before]:
            keep(folder, data)
        survived = _keep_and_die(folder, written[before], killed)
        usable = recover(folder)
        assert usable is not None
        assert usable.read_bytes() in (written[before - 1], written[before])
        keep(folder, b"next")  # and it goes on from there
        assert recover(folder) == folder / LAST
        assert (folder / PREVIOUS).read_bytes() in (written[before - 1], written[before])
        if survived:
            break
        killed += 1
    assert killed > 8


def _keep_and_die(folder: Path, data: bytes, operations: int) -> bool:
    """Keep a checkpoint in a process that is killed after so many file operations."""
    child = os.fork()
    if child == 0:
        seen = 0

        def count(event: str, _: object) -> None:
            nonlocal seen
            if event in FILE_EVENTS:
                if seen == operations:
                    os.kill(os.getpid(), signal.SIGKILL)
                seen += 1

        sys.addaudithook(count)
        keep(folder, data)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def test_after_training_the_previous_one_goes_once_the_last_is_verified(tmp_path: Path) -> None:
    keep(tmp_path, FIRST)
    keep(tmp_path, SECOND)
    flip(tmp_path / LAST, 0.9)
    with pytest.raises(MetstError, match=r"last\.ckpt was damaged.*check this disk"):
        settle(tmp_path)
    assert intact(tmp_path / PREVIOUS)
    assert recover(tmp_path) == tmp_path / PREVIOUS
    keep(tmp_path, SECOND)
    settle(tmp_path)
    assert not (tmp_path / PREVIOUS).exists()
    assert recover(tmp_path) == tmp_path / LAST
    assert (tmp_path / SUMS).read_text().split() == [hashlib.sha256(SECOND).hexdigest(), LAST]


@pytest.mark.parametrize("full", ["checkpoints", "last"])
def test_a_full_disk_leaves_what_was_there(
    full: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(tmp_path, FIRST)
    sync = os.fsync

    def no_space(handle: int) -> None:
        if full in Path(f"/proc/self/fd/{handle}").readlink().name:
            raise OSError(28, "No space left on device")
        sync(handle)

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space left on device"):
        keep(tmp_path, SECOND)
    monkeypatch.undo()
    usable = recover(tmp_path)
    assert usable is not None
    assert usable.read_bytes() == FIRST
    assert not list(tmp_path.glob("*.tmp"))
