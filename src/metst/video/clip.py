"""A video file, image folder or array on its way to a network of another frame rate.

Two passes, so that no length of video needs more memory: `survey` learns time stamps and cuts,
`Clip` reads the frames that are measured.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.errors import ConfigError, VideoError
from metst.video import ArrayFrames, Frame, FrameSource, ImageFolder, nth_frames, read_color
from metst.video.cuts import find_cuts, thumbnail
from metst.video.decoding import Picture, Record, decoded
from metst.video.times import gaps, is_constant, seconds_of

KEPT = 128
"""Chosen frames of a file that are kept when they were decoded, for looking back: more than two
windows, where faces are sought. For an earlier one the file is decoded from its beginning again."""


@dataclass(frozen=True)
class Survey:
    """What the first pass found.

    Attributes:
        video: what was read.
        seconds: (n,) when each frame is shown, ascending from 0.
        cuts: frames that begin a new shot; never frame 0.
        notes: what is odd about the video.
    """

    video: Path | ArrayFrames
    seconds: NDArray[np.float64]
    cuts: tuple[int, ...]
    notes: tuple[str, ...]

    @property
    def path(self) -> Path:
        """How outputs name the video."""
        return _path(self.video)

    @property
    def rate(self) -> float:
        """Mean frames per second."""
        span = float(self.seconds[-1] - self.seconds[0])
        return (len(self.seconds) - 1) / span if span > 0 else 0.0


def frames_of(
    video: Path | ArrayFrames, record: Record | None = None
) -> Iterator[tuple[float | None, Frame]]:
    """Time stamp in seconds (None where there is none) and grey image of every frame, in order.

    Args:
        video: a file, a folder of images, or an array.
        record: is filled with what a file shows, see `metst.video.decoding`.

    Raises:
        VideoError: nothing can be read, or images differ in size.
    """
    images = _images(video)
    if images is None:
        for stamp, picture in decoded(_path(video), record):
            yield stamp, np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
        return
    for index in range(len(images)):
        yield None, images.read(index)


def _path(video: Path | ArrayFrames) -> Path:
    return video if isinstance(video, Path) else video.path


def _is_folder(video: Path | ArrayFrames) -> bool:
    return isinstance(video, Path) and video.is_dir()


def _images(video: Path | ArrayFrames) -> FrameSource | None:
    """Frames that can be read in any order; None of a video file."""
    if isinstance(video, ArrayFrames):
        return video
    return ImageFolder(nth_frames(video, 1)) if video.is_dir() else None


def colors_of(path: Path) -> Iterator[Picture]:
    """Every frame in color, in order; of files that `frames_of` has read before."""
    if path.is_dir():
        for file in nth_frames(path, 1):
            yield read_color(file)
        return
    for _, picture in decoded(path):
        yield picture


def survey(video: Path | ArrayFrames, fps: float | None = None) -> Survey:
    """Read a video once, for its time stamps and cuts.

    Args:
        video: a file, a folder of images, or an array.
        fps: frames per second of images, or of a file whose time stamps are wrong.

    Raises:
        VideoError: it has no frame, or images come without `fps`.
        ConfigError: `fps` is no rate.
    """
    if fps is not None and not (fps > 0 and math.isfinite(fps)):
        msg = f"fps: expected frames per second above 0, got {fps}"
        raise ConfigError(msg)
    path, record, stamps, changes = _path(video), Record(), [], []
    before: NDArray[np.float32] | None = None
    for stamp, frame in frames_of(video, record):
        small = thumbnail(frame)
        changes.append(0.0 if before is None else float(np.abs(small - before).mean()))
        stamps.append(stamp)
        before = small
    if not stamps:
        found = f"none could be decoded ({record.reason})" if record.reason else "found none"
        raise VideoError(path, f"expected frames, {found}")
    seconds, notes = _seconds(video, stamps, record.rate, fps)
    cuts = sorted({*find_cuts(np.array(changes)), *gaps(seconds).tolist()})
    aside = [text for _, text in nth_frames(path, 1).remarks] if _is_folder(video) else []
    return Survey(video, seconds, tuple(cuts), (*notes, *aside, *record.notes()))


def _seconds(
    video: Path | ArrayFrames, stamps: Sequence[float | None], rate: float, fps: float | None
) -> tuple[NDArray[np.float64], list[str]]:
    """When each frame is shown, at `fps` or by its time stamps, and notes."""
    if fps is not None:
        return np.arange(len(stamps)) / fps, []
    if isinstance(video, ArrayFrames) or video.is_dir():
        option = "fps" if isinstance(video, ArrayFrames) else "--fps"
        msg = f"images carry no time: give their frames per second with {option}"
        raise VideoError(_path(video), msg)
    seconds, notes = seconds_of(video, stamps, rate)
    if not is_constant(seconds):
        notes.append("its frame rate varies, or frames are missing: time stamps decide")
    return seconds, notes


class Clip:
    """Frames of a video by their place in `indices`; a `metst.video.FrameSource`.

    A file is decoded forward once; `KEPT` frames stay for looking back.

    Args:
        video: a file, a folder of images, or an array.
        indices: frames of the video, ascending; several may be the same.
    """

    def __init__(self, video: Path | ArrayFrames, indices: NDArray[np.int64]) -> None:
        self.path, self.indices = _path(video), indices
        self._images = _images(video)
        self._stream: Iterator[tuple[float | None, Frame]] = iter(())
        self._next = -1  # frame that the stream gives next; -1: not opened
        self._kept: dict[int, Frame] = {}
        self._chosen = np.zeros(int(indices[-1]) + 1 if len(indices) else 0, bool)
        self._chosen[indices] = True

    def __len__(self) -> int:
        return len(self.indices)

    def read(self, index: int) -> Frame:
        """Frame `index` of those chosen."""
        number = int(self.indices[index])
        if self._images:
            return self._images.read(number)
        if number in self._kept:
            return self._kept[number]
        if self._next < 0 or number < self._next:
            self._stream, self._next = frames_of(self.path), 0
            self._kept.clear()
        for _, frame in self._stream:
            if self._chosen[self._next]:
                self._kept[self._next] = frame
                if len(self._kept) > KEPT:
                    del self._kept[next(iter(self._kept))]
            self._next += 1
            if self._next > number:
                return frame
        raise VideoError(self.path, f"frame {number + 1} could be read at first, and not again")
