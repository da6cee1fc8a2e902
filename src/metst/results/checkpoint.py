"""Checkpoints that are whole, known by their SHA-256, or not used.

A fold keeps `last.ckpt`, while it trains also the one before it, `previous.ckpt`, and the digests
of both in `checkpoints.sha256` (`sha256sum -c` reads it). The digests are written first: killed
after any of the three steps of `keep`, at least one checkpoint is there whose digest is known.

What a finished fold leaves besides is noted in `results.sha256` in the same way.
"""

import hashlib
import logging
from collections.abc import Iterable
from pathlib import Path

from metst.base.errors import MetstError
from metst.base.files import write_atomic

_log = logging.getLogger(__name__)

LAST = "last.ckpt"
PREVIOUS = "previous.ckpt"
SUMS = "checkpoints.sha256"
RESULTS = "results.sha256"


def intact(path: Path) -> bool:
    """Whether a checkpoint is as it was written; False also where its digest is not known."""
    return _digest(path) in _sums(path.parent).values()


def damage(path: Path) -> str:
    """What a message calls a file that is not as it was written."""
    return f"{path} is damaged (its SHA-256 is not the one noted)"


def require_intact(path: Path, advice: str) -> None:
    """Raise `MetstError` for a file of a fold that is not as it was written.

    Of a fold that an earlier version trained, nothing may be noted: then nothing can be checked.

    Args:
        path: a file in the folder of a fold.
        advice: what to do about it, for the message.
    """
    noted = {**_sums(path.parent, RESULTS), **_sums(path.parent)}.get(path.name)
    if noted and _digest(path) != noted:
        msg = f"{damage(path)}; {advice}"
        raise MetstError(msg)


def note_results(folder: Path, names: Iterable[str]) -> None:
    """Note the digests of what a finished fold leaves, as far as it is there."""
    there = [name for name in names if (folder / name).is_file()]
    _write_sums(folder, {name: _digest(folder / name) for name in there}, RESULTS)


def keep(folder: Path, data: bytes) -> None:
    """Make `data` the last checkpoint, and the last one the previous.

    A last checkpoint that was damaged on the disk is replaced; the previous one then stays.

    Raises:
        OSError: the disk is full; an older checkpoint is still there.
    """
    sums = _sums(folder)
    former = _digest(folder / LAST)
    promote = former in sums.values()
    previous = former if promote else sums.get(PREVIOUS, "")
    _write_sums(folder, {LAST: hashlib.sha256(data).hexdigest(), PREVIOUS: previous})
    if promote:
        (folder / LAST).replace(folder / PREVIOUS)
    write_atomic(folder / LAST, data)


def settle(folder: Path) -> None:
    """Training is over: the last checkpoint is read back, then the previous one may go.

    Raises:
        MetstError: the last checkpoint is not what was written.
    """
    if not intact(folder / LAST):
        msg = f"{folder / LAST} was damaged as it was written: check this disk, then run again"
        raise MetstError(msg)
    _write_sums(folder, {LAST: _sums(folder)[LAST]})
    (folder / PREVIOUS).unlink(missing_ok=True)


def recover(folder: Path) -> Path | None:
    """The newest intact checkpoint; None where the fold must begin anew.

    Damaged ones are removed, with a warning.
    """
    there = [folder / name for name in (LAST, PREVIOUS) if (folder / name).exists()]
    damaged: list[Path] = []
    usable = None
    for path in there:
        if intact(path):
            usable = path
            break
        damaged.append(path)
    instead = f"going on from {usable.name}" if usable else "the fold begins anew"
    for path in damaged:
        _log.warning("%s; %s", damage(path), instead)
        path.unlink()
    return usable


def _digest(path: Path) -> str:
    """SHA-256 of a file; of none, something that is never noted."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return "absent"


def _sums(folder: Path, name: str = SUMS) -> dict[str, str]:
    """Digests by name, as far as they can be read."""
    try:
        text = (folder / name).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return {}
    words = [line.split() for line in text.splitlines()]
    return {pair[1]: pair[0] for pair in words if len(pair) == 2}


def _write_sums(folder: Path, sums: dict[str, str], file: str = SUMS) -> None:
    lines = [f"{digest}  {name}\n" for name, digest in sums.items() if digest]
    write_atomic(folder / file, "".join(lines).encode())
