"""The folder of a generated data set: safe to interrupt, to repeat, and to point at the wrong one.

The claim (`demo.json`) is written first and reserves the folder for the options in it. Every video,
table and picture then appears in one step under its final name, so what exists is whole, and
running again makes what is missing.
"""

import errno
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from metst.base.errors import DataError
from metst.base.files import write_atomic
from metst.base.settings import changes

UNFINISHED: Final = ".unfinished"
"""Folder of the videos being written; they move to their place when they are whole."""

MADE: Final = "made"
"""Entry of the claim with what came out, for sets that record it."""


@dataclass(frozen=True)
class Place:
    """Where one generated data set goes.

    Attributes:
        root: its folder.
        claim: file that reserves the folder, named after the command that makes the set.
        title: what the set is called in messages, such as `demo data set`.
        wanted: what the set follows from: options and version of the recipe, as JSON holds them.
        parts: folders and files in `root` that belong to any set of this sort.
    """

    root: Path
    claim: str
    title: str
    wanted: Mapping[str, Any]
    parts: tuple[str, ...]

    @property
    def unfinished(self) -> Path:
        """Folder of the videos being written."""
        return self.root / UNFINISHED

    def is_reserved(self) -> bool:
        """Whether the folder holds, or will hold, this set.

        Raises:
            DataError: the claim cannot be read.
        """
        return self._claimed() == self.wanted

    def made(self) -> dict[str, Any] | None:
        """What came out, where the set is complete and records it."""
        found: dict[str, Any] | None = (self._read() or {}).get(MADE)
        return found

    def reserve(self, *, overwrite: bool) -> None:
        """Make sure that the folder is the place of this set and of nothing else.

        Args:
            overwrite: remove a set of other options. Anything else is never removed.

        Raises:
            DataError: the folder holds something else, or cannot be written.
        """
        with self.errors():
            claimed = self._claimed()
            if claimed == self.wanted:
                return
            if claimed is not None:
                if not overwrite:
                    raise DataError(self.root, self._difference(claimed))
                self._remove()
            elif self.root.exists() and not (self.root.is_dir() and not any(self.root.iterdir())):
                msg = (
                    f"expected a new or empty folder for the {self.title}, but it holds something "
                    "else"
                )
                raise DataError(self.root, msg)
            self._write(self.wanted)

    def finish(self, made: Mapping[str, Any] | None = None) -> None:
        """Tidy up, and record what came out."""
        if self.unfinished.exists():
            shutil.rmtree(self.unfinished)
        if made is not None:
            self._write({**self.wanted, MADE: made})

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Raise errors of the file system as `DataError`."""
        try:
            yield
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                msg = "the disk is full; free some space and run again (finished videos are kept)"
            else:
                msg = f"cannot write the {self.title}: {error}"
            raise DataError(self.root, msg) from error

    def _claimed(self) -> dict[str, Any] | None:
        """What the set in this folder is made from; None where there is no such set."""
        claim = self._read()
        return claim and {name: value for name, value in claim.items() if name != MADE}

    def _read(self) -> dict[str, Any] | None:
        path = self.root / self.claim
        try:
            claim = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            msg = f"not valid JSON ({error}); delete it if this folder holds only the {self.title}"
            raise DataError(path, msg) from error
        if not isinstance(claim, dict):
            msg = f"expected the options of a {self.title}; choose another folder"
            raise DataError(path, msg)
        return claim

    def _write(self, claim: Mapping[str, Any]) -> None:
        write_atomic(self.root / self.claim, json.dumps(claim, indent=2).encode())

    def _difference(self, claimed: Mapping[str, Any]) -> str:
        changed = changes(dict(self.wanted), dict(claimed))
        there = ", ".join(f"{name} {claims}" for name, (_, claims) in changed.items())
        here = ", ".join(f"{name} {wants}" for name, (wants, _) in changed.items())
        return (
            f"holds a {self.title} with {there}; asked for {here}. "
            "Choose another folder (--root; of an experiment --data.root and another --name), or "
            f"delete this one (metst {Path(self.claim).stem}: --overwrite)"
        )

    def _remove(self) -> None:
        """Remove a set: the claim last, so that an interrupted removal is taken up again."""
        for name in (*self.parts, UNFINISHED, self.claim):
            path = self.root / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
