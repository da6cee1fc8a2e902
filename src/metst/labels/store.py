"""Recordings as a file: what a predictions table is judged against, without the data set."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from metst.errors import LabelError
from metst.files import write_atomic
from metst.labels.records import Expression, Recording, Timebase


def write_recordings(recordings: Sequence[Recording], path: Path) -> None:
    """Write recordings with their expressions as JSON, atomically."""
    write_atomic(path, json.dumps([asdict(r) for r in recordings], indent=1).encode())


def read_recordings(path: Path) -> tuple[Recording, ...]:
    """Read what `write_recordings` wrote.

    Raises:
        LabelError: the file is missing or is no such file.
    """
    try:
        return tuple(_recording(item) for item in json.loads(path.read_text()))
    except (OSError, ValueError, TypeError, KeyError) as error:
        msg = f"expected the recordings of a run (recordings.json), found none: {error}"
        raise LabelError(path, msg) from error


def _recording(item: dict[str, Any]) -> Recording:
    timebase = Timebase(**item["timebase"])
    expressions = tuple(Expression(**e) for e in item["expressions"])
    return Recording(item["subject"], item["video"], item["frames"], timebase, expressions)
