"""Locks between real processes: held, reported, waited for, and gone with their process."""

import errno
import fcntl
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from metst.base.errors import MetstError
from metst.base.locks import Lock

HOLD = (
    "import sys, time\nfrom pathlib import Path\nfrom metst.base.locks import Lock\n"
    "with getattr(Lock(Path(sys.argv[1])), sys.argv[2])() as held:\n"
    "    print(held, flush=True)\n    time.sleep(60)\n"
)


@contextmanager
def another_process(path: Path, how: str = "taken") -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock until it is killed."""
    command = [sys.executable, "-c", HOLD, str(path), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == ("True\n" if how == "taken" else "None\n")
        yield process
        process.kill()
        process.wait()


def test_a_lock_is_one_processes_at_a_time_and_goes_with_it(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "folds" / "a" / ".lock")
    assert lock.holder() is None
    with another_process(lock.path) as other:
        with lock.taken() as held:
            assert not held
        holder = lock.holder()
        assert holder is not None
        assert (holder.host, holder.pid) == (socket.gethostname(), other.pid)
        assert abs(holder.since - time.time()) < 30
        assert f"process {other.pid} on {socket.gethostname()} since 2" in str(holder)
    assert lock.holder() is None  # it was killed
    with lock.taken() as held:
        assert held
        own = lock.holder()
        assert own is not None
        assert own.pid == os.getpid()
    assert lock.holder() is None


def test_who_waits_says_so_once_and_comes_next(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lock = Lock(tmp_path / ".lock")
    with another_process(lock.path) as other:
        killer = threading.Timer(0.3, other.kill)
        killer.start()
        before = time.monotonic()
        with caplog.at_level(logging.WARNING, "metst"), lock.awaited("pooling"):
            assert time.monotonic() - before > 0.2
    assert caplog.text.count(f"pooling: waiting for process {other.pid} on ") == 1
    with lock.awaited("again"):
        pass
    assert "again" not in caplog.text


def test_those_who_share_keep_one_out_who_would_take(tmp_path: Path) -> None:
    lock = Lock(tmp_path / ".users")
    with another_process(lock.path, "shared"):
        with lock.shared():
            pass
        with lock.taken() as held:
            assert not held
        assert lock.holder() is None  # nobody has it alone
    with lock.taken() as held:
        assert held


def test_looking_takes_the_lock_from_nobody(tmp_path: Path) -> None:
    """Somebody looks all the time, as `--status` may; the lock is to be had all the same."""
    lock = Lock(tmp_path / ".lock")
    with lock.taken():
        pass
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            lock.holder()

    watcher = threading.Thread(target=look)
    watcher.start()
    had = []
    for _ in range(50):
        with lock.taken() as held:
            had.append(held)
    over.set()
    watcher.join()
    assert all(had)


def test_a_file_system_without_locks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    lock = Lock(tmp_path / ".lock")
    with pytest.raises(MetstError, match=r"No locks available.*--loso\.runs"), lock.taken():
        pass
