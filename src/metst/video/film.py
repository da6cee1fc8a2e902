"""Frames of a video file under names like those of a folder of images: `clip.mp4/12` is the 12th.

So whatever reads images reads videos, too. A file is decoded forward, once where its frames are
asked for in order; the latest ones stay in memory for looking back. Time stamps number the frames:
what cannot be decoded is missing, and moves no other.
"""

import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.errors import VideoError
from metst.video.decoding import Record, decoded, stamps
from metst.video.folder import FrameList, Remark
from metst.video.times import RATE_TOLERANCE, Seconds, at_rate, is_constant, ordered, seconds_of

KEPT_BYTES = 2**27
"""Memory for frames that were read, of each thread for grey and for color: 436 grey ones of
640 x 480, 64 of 1920 x 1080."""

_Pixels = NDArray[np.uint8]

_thread = threading.local()


class _Listing(NamedTuple):
    """What a file shows without decoding.

    Attributes:
        seconds: when each frame is shown.
        stamps: (n,) time stamp of each frame, ascending; empty where they do not number the frames.
        remarks: what is wrong with the file.
    """

    seconds: Seconds
    stamps: Seconds
    remarks: tuple[Remark, ...]


def film_frames(path: Path, fps: float | None = None) -> FrameList:
    """Frames of a video file.

    Args:
        path: the file.
        fps: the frame nearest to each instant of this rate is taken, so that times stay true even
            over a gap; None takes every frame once.

    Raises:
        VideoError: there is no such file, or it holds no video.
    """
    seconds, _, remarks = _listed(path)
    every = fps is None or len(seconds) < 2
    numbers = range(len(seconds)) if every else at_rate(seconds, fps or 0.0).tolist()
    return FrameList((path / str(number + 1) for number in numbers), remarks)


def film_rate(path: Path) -> float | None:
    """Frames per second of a video file; None where they vary. Errors as of `film_frames`."""
    seconds = _listed(path).seconds
    if len(seconds) < 2 or not is_constant(seconds):
        return None
    return float((len(seconds) - 1) / seconds[-1])


def has_rate(path: Path, fps: float) -> bool:
    """Whether a video file has a constant rate, of nearly `fps`."""
    rate = film_rate(path)
    return rate is not None and abs(rate / fps - 1) < RATE_TOLERANCE


def picture(frame: Path, *, color: bool) -> _Pixels:
    """Pixels of a frame of a video file: grey (H, W), or blue, green, red (H, W, 3).

    Raises:
        VideoError: there is no such frame.
    """
    path = frame.parent
    key = path, *_state(path)
    # One of each: a reader of flow and of color would else decode from the beginning again and
    # again.
    films: dict[bool, tuple[object, _Film]] = _thread.__dict__.setdefault("films", {})
    if color not in films or films[color][0] != key:
        films[color] = key, _Film(path, color=color)
    return films[color][1].read(int(frame.name))


class _Film:
    """A video file, decoded as far as frames were asked for."""

    def __init__(self, path: Path, *, color: bool) -> None:
        self._path, self._color = path, color
        known = _listed(path).stamps.tolist()
        self._numbers: dict[float | None, int] = {s: n for n, s in enumerate(known, start=1)}
        self._frames = self._decoded()
        self._next = 1  # the lowest number that the next frame can have
        self._end: int | None = None  # number of the last frame, once it is known
        self._lost: set[int] = set()  # numbers of no frame, as far as the file was decoded
        self._kept: dict[int, _Pixels] = {}

    def _decoded(self) -> Iterator[tuple[int, _Pixels]]:
        """Number and pixels of each frame, ascending; without a usable stamp it is counted."""
        last = 0
        for stamp, picture in decoded(self._path):
            number = self._numbers.get(stamp, last + 1)
            if number > last:
                last = number
                yield number, picture

    def read(self, number: int) -> _Pixels:
        """Frame `number`, from 1."""
        if number in self._kept:
            return self._kept[number]
        if number in self._lost or (self._end is not None and number > self._end):
            raise self._missing(number)
        if number < self._next:
            self._frames, self._next = self._decoded(), 1
        for found, picture in self._frames:
            self._lost.update(range(self._next, found))
            self._next = found + 1
            if found >= number:
                self._keep(found, self._pixels(picture))
                if found > number:
                    raise self._missing(number)
                return self._kept[number]
        self._end = self._next - 1
        raise self._missing(number)

    def _pixels(self, picture: _Pixels) -> _Pixels:
        grey = picture if self._color else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        return np.asarray(grey, np.uint8)

    def _keep(self, number: int, frame: _Pixels) -> None:
        self._kept[number] = frame
        while len(self._kept) * frame.nbytes > KEPT_BYTES and len(self._kept) > 1:
            del self._kept[next(iter(self._kept))]

    def _missing(self, number: int) -> VideoError:
        msg = f"frame {number} cannot be decoded: the file is damaged or cut there; restore it"
        return VideoError(self._path, msg)


def _state(path: Path) -> tuple[int, int]:
    """Time of the last change, and bytes."""
    try:
        status = path.stat()
    except OSError as error:
        raise VideoError(path, f"cannot be read ({error.strerror}); restore the video") from error
    return status.st_mtime_ns, status.st_size


def _listed(path: Path) -> _Listing:
    return _list(path, *_state(path))


@lru_cache(maxsize=4096)
def _list(path: Path, changed: int, size: int) -> _Listing:  # noqa: ARG001
    record = Record()
    found = stamps(path, record)
    if not found:
        raise VideoError(path, "expected frames, found none")
    seconds, notes = seconds_of(path, found, record.rate)
    if len(seconds) > 1:
        notes += [] if is_constant(seconds) else ["its frame rate varies, or frames are missing"]
    remarks = tuple(("odd-video", note) for note in (*notes, *record.notes()))
    whole = ordered(found)
    if record.reorders and found == whole.tolist():  # of decoding alone, as in an AVI
        whole = whole[:0]
    return _Listing(seconds, whole, remarks)
