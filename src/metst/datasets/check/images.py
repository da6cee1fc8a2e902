"""Checks of the image files: their first and last bytes, or all of them by decoding."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Literal

from metst.base.errors import VideoError
from metst.base.executors import Processes
from metst.base.progress import progress
from metst.datasets.base import VideoFolder
from metst.datasets.labels.findings import Finding
from metst.video import ImageFolder, frame_number, look

Depth = Literal["names", "ends", "decode"]
"""How closely images are looked at: not at all, first and last bytes, every pixel.

Which frames of a video file cannot be decoded, only the last one can show.
"""


def image_findings(
    folders: Sequence[VideoFolder], depth: Depth, workers: int = 1
) -> Iterator[Finding]:
    """A finding per image that cannot be read; folder by folder, with progress."""
    if depth == "names":
        return
    total = sum(len(folder.names) for folder in folders)
    look = partial(_broken, decode=depth == "decode")
    with progress("images", total, "images") as advance:
        for outcome in Processes(workers).run(look, folders):
            advance(len(outcome.job.names))
            if outcome.error is not None:
                yield _bad(outcome.job, None, outcome.error)
            yield from outcome.result or ()


def _broken(folder: VideoFolder, *, decode: bool) -> list[Finding]:
    """Findings of one folder, in the order of its frames."""
    if not decode:
        return list(_broken_ends(folder))
    source = ImageFolder([folder.path / name for name in folder.names])
    found = []
    for index, name in enumerate(folder.names):
        try:
            source.read(index)
        except VideoError as error:
            found.append(_bad(folder, name, error.message))
    return found


def _broken_ends(folder: VideoFolder) -> Iterator[Finding]:
    expected: tuple[int, int] | None = None
    for name in folder.names:
        fault, size = look(folder.path / name)
        expected = expected or (None if fault else size)
        if fault:
            yield _bad(folder, name, fault)
        elif size and size != expected:
            sides = "expected an image with sides of {} and {} pixels like the others of its video"
            found = f"{sides.format(*expected or ())}, found {size[0]} and {size[1]}"
            yield _bad(folder, name, found)


def _bad(folder: VideoFolder, name: str | None, fault: str) -> Finding:
    number = frame_number(name) if name else None
    frames = None if number is None else (number, number)
    path = folder.path / name if name else folder.path
    return Finding("bad-image", fault, path, None, folder.subject, folder.video, frames)
