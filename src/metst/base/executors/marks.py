"""Whether a worker sees the files of the process that gives out the work.

A path is no proof: another machine may have a folder of the same name, or even a copy of it. A file
with a name that nobody else can know is one.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from metst.base.executors.base import Executor


@dataclass(frozen=True)
class Mark:
    """A folder's mark, for a job to look for.

    Attributes:
        path: the file; None where all workers are on this machine.
    """

    path: Path | None

    def seen(self) -> bool:
        """Whether the marked folder is the same here."""
        return self.path is None or self.path.exists()


@contextmanager
def marked(folder: Path, executor: Executor) -> Iterator[Mark]:
    """Mark a folder, which is made when it is missing, for the jobs of an executor."""
    if not executor.elsewhere:
        yield Mark(None)
        return
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".mark-{uuid.uuid4().hex}"
    path.touch()
    try:
        yield Mark(path)
    finally:
        path.unlink(missing_ok=True)
