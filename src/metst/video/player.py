"""Frames as they come: from a camera, or from a file at the speed at which it was recorded."""

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from metst.base.errors import VideoError
from metst.video import Frame
from metst.video.clip import frames_of
from metst.video.decoding import Record

WAITING = 4
"""Frames that may wait for their turn; more come too late to be worth it, and are dropped."""


JUMP = 2.0
"""Seconds between two frames of a file for which nobody shall wait: its clock was set, or frames
are missing."""


@dataclass(frozen=True)
class Arrival:
    """A frame (H, W) and when it came: seconds in the video, and on this machine's clock."""

    frame: Frame
    seconds: float
    clock: float


@dataclass
class Player:
    """Reads in a thread of its own, so that slow work does not hold the camera up.

    Args:
        source: number of a camera, or a video file.
        fps: for the frames of a folder of images, or of a file without a rate.

    Attributes:
        dropped: frames that came while too many waited.
    """

    source: int | Path
    fps: float
    dropped: int = 0
    _waiting: "queue.Queue[Arrival | Exception | None]" = field(init=False)

    def arrivals(self) -> Iterator[Arrival]:
        """Every frame that was not dropped, until the end or a broken source.

        Raises:
            VideoError: the source cannot be read.
        """
        self._waiting = queue.Queue()
        stop = threading.Event()
        thread = threading.Thread(target=self._read, args=(stop,), daemon=True)
        thread.start()
        try:
            while (item := self._waiting.get()) is not None:
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            stop.set()
            thread.join(timeout=2.0)  # a camera may hold its reader

    def _read(self, stop: threading.Event) -> None:
        try:
            for arrival in self._camera() if isinstance(self.source, int) else self._file():
                if stop.is_set():
                    return
                if self._waiting.qsize() < WAITING:
                    self._waiting.put(arrival)
                else:
                    self.dropped += 1
            self._waiting.put(None)
        except (VideoError, OSError, cv2.error) as error:
            self._waiting.put(error)

    def _camera(self) -> Iterator[Arrival]:
        capture = cv2.VideoCapture(self.source)
        if not capture.isOpened():
            path = Path(f"camera {self.source}")
            raise VideoError(path, "cannot be opened; give another number, or a file")
        start = time.monotonic()
        try:
            while True:
                good, picture = capture.read()
                if not good:
                    return
                now = time.monotonic()
                grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
                yield Arrival(np.asarray(grey, np.uint8), now - start, now)
        finally:
            capture.release()

    def _file(self) -> Iterator[Arrival]:
        assert isinstance(self.source, Path)
        start, record = time.monotonic(), Record()
        now = Pace()
        for stamp, frame in frames_of(self.source, record):
            seconds = now.at(stamp, record.rate or self.fps)
            time.sleep(max(0.0, start + seconds - time.monotonic()))
            yield Arrival(frame, seconds, time.monotonic())


class Pace:
    """When the frames of a file are due, read forward: never before the frame before.

    Where a time stamp is missing, or lies more than `JUMP` away from its frame's neighbor, one
    usual step is waited.
    """

    def __init__(self) -> None:
        self._seconds: float | None = None
        self._first = 0.0

    def at(self, stamp: float | None, rate: float) -> float:
        """Seconds from the first frame; `rate` in frames per second gives the usual step."""
        before = self._seconds
        if before is None:
            self._first, self._seconds = stamp or 0.0, 0.0
            return 0.0
        due = before + 1 / rate
        if stamp is not None and abs(stamp - self._first - before) <= JUMP:
            due = max(stamp - self._first, before)
        elif stamp is not None:
            self._first = stamp - due
        self._seconds = due
        return due
