"""Locks that go with the process that holds them, so that none is ever stale.

They are flock(2) locks: the system frees them when their process ends, however it ends. Linux
passes them on to NFS servers, so that the nodes of a cluster see each other's.
"""

import fcntl
import json
import logging
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from metst.base.errors import MetstError

_log = logging.getLogger(__name__)

GLANCES, GLANCE_SECONDS = 20, 0.05
"""How often, and after how long, a lock is tried again that somebody only looks at."""


@dataclass(frozen=True)
class Holder:
    """The process that holds a lock.

    Attributes:
        pid: 0 where it is not known.
        since: seconds since 1970.
    """

    host: str = ""
    pid: int = 0
    since: float = 0.0

    def __str__(self) -> str:
        if not self.pid:
            return "another process"
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.since))
        return f"process {self.pid} on {self.host} since {when}"


class Lock:
    """A file that one process at a time holds.

    Args:
        path: made, with its folders, when the lock is first taken; it stays.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Hold the lock inside unless another process does; yields whether it is held."""
        with self._open() as file:
            held = self._take(file)
            if held:
                _sign(file)
            yield held

    @contextmanager
    def awaited(self, what: str) -> Iterator[None]:
        """Hold the lock inside; where another process holds it, log that once and wait."""
        with self._open() as file:
            if not self._flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
                _log.warning("%s: waiting for %s", what, _signature(file))
                self._flock(file, fcntl.LOCK_EX)
            _sign(file)
            yield

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Keep everyone out, inside, who would take the lock; any number may share it."""
        with self._open() as file:
            self._flock(file, fcntl.LOCK_SH)
            yield

    def holder(self) -> Holder | None:
        """Who holds the lock alone at this moment; None where nobody does."""
        try:
            file = self.path.open()
        except FileNotFoundError:
            return None
        with file:
            free = self._flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None if free else _signature(file)

    def _take(self, file: IO[str]) -> bool:
        """Lock the file alone, if nobody has it; those who look at it share it for a moment."""
        for _ in range(GLANCES):
            if self._flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
                return True
            if not self._flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB):
                return False  # somebody has it alone
            self._flock(file, fcntl.LOCK_UN)
            time.sleep(GLANCE_SECONDS)
        return False

    def _open(self) -> IO[str]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.path.open("a+")

    def _flock(self, file: IO[str], operation: int) -> bool:
        """Lock the file until it is closed; False where another process is in the way."""
        try:
            fcntl.flock(file, operation)
        except BlockingIOError:
            return False
        except OSError as error:
            msg = (
                f"{self.path} cannot be locked ({error.strerror}): its file system has no locks; "
                "keep runs on another one (--loso.runs DIR)"
            )
            raise MetstError(msg) from error
        return True


def _sign(file: IO[str]) -> None:
    """Write down who holds the lock, for those who wait."""
    file.truncate(0)
    file.write(json.dumps(asdict(Holder(socket.gethostname(), os.getpid(), time.time()))))
    file.flush()


def _signature(file: IO[str]) -> Holder:
    """Who signed; nobody known where the holder has just come and not signed yet."""
    file.seek(0)
    try:
        return Holder(**json.loads(file.read()))
    except (ValueError, TypeError):
        return Holder()
