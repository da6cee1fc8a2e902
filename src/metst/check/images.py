"""Checks of the image files: their first and last bytes, or all of them by decoding."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from metst.check.datasets import VideoFolder, frame_number
from metst.executors import Processes
from metst.labels.findings import Finding
from metst.progress import progress

Depth = Literal["names", "ends", "decode"]
"""How closely images are looked at: not at all, first and last bytes, every pixel."""

TAIL = 64
"""Bytes in which the end mark of an image is looked for before the whole file is searched."""

JPEG_START, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
PNG_START, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
BMP_START = b"BM"


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


def image_fault(path: Path, *, decode: bool) -> str | None:
    """What is wrong with an image file; None where nothing is.

    Without decoding, a file is right if it begins and ends as a JPEG or PNG does, so empty, cut and
    foreign files are found, damage in the middle is not.
    """
    try:
        fault = _ends_fault(path)
        return fault if fault or not decode else _decode_fault(path)
    except OSError as error:
        return f"cannot be opened ({error.strerror})"


def _broken(folder: VideoFolder, *, decode: bool) -> list[Finding]:
    """Findings of one folder, in the order of the frame numbers."""
    faults = ((name, image_fault(folder.path / name, decode=decode)) for name in folder.names)
    found = [_bad(folder, name, fault) for name, fault in faults if fault]
    return sorted(found, key=lambda f: (f.frames or (0, 0), str(f.path)))


def _bad(folder: VideoFolder, name: str | None, fault: str) -> Finding:
    number = frame_number(name) if name else None
    frames = None if number is None else (number, number)
    path = folder.path / name if name else folder.path
    return Finding("bad-image", fault, path, None, folder.subject, folder.video, frames)


def _ends_fault(path: Path) -> str | None:
    with path.open("rb", buffering=0) as file:
        head = file.read(len(PNG_START))
        if not head:
            return "is empty"
        if head.startswith(BMP_START):
            return None
        end = _end_mark(head)
        if end is None:
            return "is no JPEG, PNG or BMP image"
        size = file.seek(0, 2)
        file.seek(max(0, size - TAIL))
        if end in file.read(TAIL):
            return None
        file.seek(0)  # some programs append data after the image
        return None if end in file.read() else f"is cut off after {size} bytes"


def _end_mark(head: bytes) -> bytes | None:
    if head.startswith(JPEG_START):
        return JPEG_END
    return PNG_END if head.startswith(PNG_START) else None


def _decode_fault(path: Path) -> str | None:
    import cv2
    import numpy as np

    data = np.frombuffer(path.read_bytes(), np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    return "cannot be decoded" if image is None else None
