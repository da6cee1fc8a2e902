"""Frames of a video file under names like those of a folder of images: `clip.mp4/12` is the 12th.

So whatever reads images reads videos, too. A file is decoded forward, once where its frames are
asked for in order; the latest ones stay in memory for looking back.
"""

import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from metst.base.errors import VideoError
from metst.video.clip import colors_of, frames_of
from metst.video.decoding import Record, stamps
from metst.video.folder import FrameList, Remark
from metst.video.times import RATE_TOLERANCE, Seconds, at_rate, is_constant, seconds_of

KEPT_BYTES = 2**27
"""Memory for frames that were read: 436 grey ones of 640 x 480, 64 of 1920 x 1080."""

_thread = threading.local()


def film_frames(path: Path, fps: float | None = None) -> FrameList:
    """Frames of a video file.

    Args:
        path: the file.
        fps: the frame nearest to each instant of this rate is taken, so that times stay true even
            over a gap; None takes every frame once.

    Raises:
        VideoError: there is no such file, or it holds no video.
    """
    seconds, remarks = _listed(path)
    every = fps is None or len(seconds) < 2
    numbers = range(len(seconds)) if every else at_rate(seconds, fps or 0.0).tolist()
    return FrameList((path / str(number + 1) for number in numbers), remarks)


def film_rate(path: Path) -> float | None:
    """Frames per second of a video file; None where they vary. Errors as of `film_frames`."""
    seconds, _ = _listed(path)
    if len(seconds) < 2 or not is_constant(seconds):
        return None
    return float((len(seconds) - 1) / seconds[-1])


def has_rate(path: Path, fps: float) -> bool:
    """Whether a video file has a constant rate, of nearly `fps`."""
    rate = film_rate(path)
    return rate is not None and abs(rate / fps - 1) < RATE_TOLERANCE


def picture(frame: Path, *, color: bool) -> NDArray[np.uint8]:
    """Pixels of a frame of a video file: grey (H, W), or blue, green, red (H, W, 3).

    Raises:
        VideoError: there is no such frame.
    """
    path = frame.parent
    try:
        status = path.stat()
    except OSError as error:
        raise VideoError(path, f"cannot be read ({error.strerror}); restore the video") from error
    key = path, status.st_mtime_ns, status.st_size, color
    if getattr(_thread, "key", None) != key:
        _thread.key, _thread.film = key, _Film(path, color=color)
    film: _Film = _thread.film
    return film.read(int(frame.name))


class _Film:
    """A video file, decoded as far as frames were asked for."""

    def __init__(self, path: Path, *, color: bool) -> None:
        self._path, self._color = path, color
        self._frames = self._decoded()
        self._next = 1  # number of the frame that is decoded next
        self._end: int | None = None  # number of the last frame, once it is known
        self._kept: dict[int, NDArray[np.uint8]] = {}

    def _decoded(self) -> Iterator[NDArray[np.uint8]]:
        if self._color:
            return colors_of(self._path)
        return (frame for _, frame in frames_of(self._path))

    def read(self, number: int) -> NDArray[np.uint8]:
        """Frame `number`, from 1."""
        if number in self._kept:
            return self._kept[number]
        if self._end is not None and number > self._end:
            raise self._missing(number)
        if number < self._next:
            self._frames, self._next = self._decoded(), 1
        for frame in self._frames:
            self._next += 1
            if self._next > number:
                self._keep(number, frame)
                return frame
        self._end = self._next - 1
        raise self._missing(number)

    def _keep(self, number: int, frame: NDArray[np.uint8]) -> None:
        self._kept[number] = frame
        while len(self._kept) * frame.nbytes > KEPT_BYTES and len(self._kept) > 1:
            del self._kept[next(iter(self._kept))]

    def _missing(self, number: int) -> VideoError:
        msg = f"frame {number} cannot be decoded: {self._end} can be, the file is damaged or cut"
        return VideoError(self._path, msg)


def _listed(path: Path) -> tuple[Seconds, tuple[Remark, ...]]:
    """When each frame is shown, and what is wrong with the file."""
    try:
        status = path.stat()
    except OSError as error:
        raise VideoError(path, f"cannot be read ({error.strerror}); restore the video") from error
    return _list(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4096)
def _list(path: Path, changed: int, size: int) -> tuple[Seconds, tuple[Remark, ...]]:  # noqa: ARG001
    record = Record()
    found = stamps(path, record)
    if not found:
        raise VideoError(path, "expected frames, found none")
    seconds, notes = seconds_of(path, found, record.rate)
    if len(seconds) > 1:
        notes += [] if is_constant(seconds) else ["its frame rate varies, or frames are missing"]
    return seconds, tuple(("odd-video", note) for note in (*notes, *record.notes()))
