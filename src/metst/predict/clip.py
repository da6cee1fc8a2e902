"""A video file or an image folder on the way to a network that was trained at another frame rate.

Two passes, so that no length of video needs more memory: `survey` learns time stamps and cuts,
`Clip` reads the frames that are measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.errors import ConfigError, VideoError
from metst.predict.cuts import find_cuts, thumbnail
from metst.video import Frame, nth_frames, read_grey

Picture = NDArray[np.uint8]
"""Image (H, W, 3) in OpenCV's order blue, green, red; of some files (H, W)."""

KEPT = 128
"""Chosen frames of a file that are kept when they were decoded, for looking back: more than two
windows, where faces are sought. For an earlier one the file is decoded from its beginning again."""

GAP = 3.5
"""Frames are missing where more than so many usual steps lie between two: what happened there is
unknown, and could look like an ME."""

RATE_TOLERANCE = 0.01
"""Relative difference of frame rates below which every frame is taken as it is."""


@dataclass(frozen=True)
class Survey:
    """What the first pass found.

    Attributes:
        seconds: (n,) when each frame is shown, ascending from 0.
        cuts: frames that begin a new shot; never frame 0.
        notes: what is odd about the video, in words.
    """

    path: Path
    seconds: NDArray[np.float64]
    cuts: tuple[int, ...]
    notes: tuple[str, ...]

    @property
    def rate(self) -> float:
        """Mean frames per second."""
        span = float(self.seconds[-1] - self.seconds[0])
        return (len(self.seconds) - 1) / span if span > 0 else 0.0


def frames_of(path: Path) -> Iterator[tuple[float | None, Frame]]:
    """Time stamp in seconds (None for images) and grey image of every frame, in order.

    Raises:
        VideoError: nothing can be read, or images differ in size.
    """
    if not path.is_dir():
        for stamp, picture in _decoded(path):
            yield stamp, _grey(picture)
        return
    shape = None
    for file in nth_frames(path, 1):
        frame = read_grey(file)
        shape = shape or frame.shape
        if frame.shape != shape:
            msg = f"expected {shape[1]} x {shape[0]} pixels like the first image of its folder"
            raise VideoError(file, f"{msg}, found {frame.shape[1]} x {frame.shape[0]}")
        yield None, frame


def colors_of(path: Path) -> Iterator[Picture]:
    """Every frame in color, in order; of files that `frames_of` has read before."""
    if path.is_dir():
        for file in nth_frames(path, 1):
            yield np.asarray(cv2.imread(str(file), cv2.IMREAD_COLOR), np.uint8)
        return
    for _, picture in _decoded(path):
        grey = picture.ndim == 2
        yield np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR) if grey else picture, np.uint8)


def _decoded(path: Path) -> Iterator[tuple[float, Picture]]:
    """Time stamp in seconds and picture of every frame of a file that can be decoded."""
    capture = open_file(path)
    try:
        while capture.grab():
            stamp = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            good, picture = capture.retrieve()
            if good:
                yield stamp, np.asarray(picture, np.uint8)
    finally:
        capture.release()


def open_file(path: Path) -> cv2.VideoCapture:
    """A video file opened by OpenCV's FFmpeg, rotated as its metadata say.

    Raises:
        VideoError: there is no such file, or it is no video.
    """
    if not path.is_file():
        raise VideoError(path, "expected a video file or a folder of images, found nothing")
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    if not capture.isOpened():
        msg = "expected a video (mp4, avi, mov, ...): it has no picture, or was cut off in copying"
        raise VideoError(path, msg)
    capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
    return capture


def survey(path: Path, fps: float | None = None) -> Survey:
    """Read a video once, for its time stamps and cuts.

    Args:
        path: video file or folder of images.
        fps: frames per second of an image folder, or of a file whose time stamps are wrong.

    Raises:
        VideoError: it has no frame, or an image folder comes without `fps`.
        ConfigError: `fps` is no rate.
    """
    if fps is not None and not fps > 0:
        msg = f"fps: expected frames per second above 0, got {fps}"
        raise ConfigError(msg)
    stamps: list[float | None] = []
    changes: list[float] = []
    before: NDArray[np.float32] | None = None
    for stamp, frame in frames_of(path):
        small = thumbnail(frame)
        changes.append(0.0 if before is None else float(np.abs(small - before).mean()))
        stamps.append(stamp)
        before = small
    if not stamps:
        raise VideoError(path, "expected frames, found none; it holds sound alone, or is damaged")
    seconds, notes = _seconds(path, stamps, fps)
    gaps = np.flatnonzero(np.diff(seconds) > _longest_step(seconds)) + 1
    cuts = sorted({*find_cuts(np.array(changes)), *gaps.tolist()})
    return Survey(path, seconds, tuple(cuts), (*notes, *_missing(path, stamps)))


def _seconds(
    path: Path, stamps: list[float | None], fps: float | None
) -> tuple[NDArray[np.float64], list[str]]:
    """When each frame is shown, from its time stamp where that can be right."""
    known = np.array([np.nan if s is None else s for s in stamps])
    if fps is not None:
        return np.arange(len(stamps)) / fps, []
    if np.isnan(known).any():
        msg = "images carry no time: say their rate in frames per second with --fps"
        raise VideoError(path, msg)
    if len(known) > 1 and (np.diff(known) <= 0).any():
        capture = open_file(path)
        told = capture.get(cv2.CAP_PROP_FPS)
        capture.release()
        if not told > 0:
            raise VideoError(path, "it has neither time stamps nor a frame rate: give --fps")
        note = f"its time stamps do not ascend; every frame is taken to last 1/{told:g} s"
        return np.arange(len(stamps)) / told, [note]
    steps = np.diff(known)
    notes = []
    if len(steps) and steps.max() > 1.5 * np.median(steps):
        notes.append("its frame rate varies, or frames are missing: time stamps decide")
    return known - known[0], notes


def _missing(path: Path, stamps: list[float | None]) -> list[str]:
    """A file that promises more frames than it has was cut off."""
    if path.is_dir():
        return []
    capture = open_file(path)
    promised = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    capture.release()
    # Containers without an index are counted by their rate, which may miss a frame or two.
    if promised <= len(stamps) + 2:
        return []
    return [f"{len(stamps)} of {promised} frames could be read: the file was cut off or is damaged"]


def sampled(survey: Survey, fps: float) -> NDArray[np.int64]:
    """Frames of a video that stand for a rate of `fps`: the nearest in time for each instant.

    At nearly the same, constant rate (`RATE_TOLERANCE`) every frame is taken once. Nothing stands
    for the inside of a gap (`GAP`), which parts the video like a cut.
    """
    seconds = survey.seconds
    if len(seconds) < 2:
        return np.arange(len(seconds))
    steps = np.diff(seconds)
    constant = steps.max() < 1.5 * np.median(steps)
    if constant and abs(survey.rate / fps - 1) < RATE_TOLERANCE:
        return np.arange(len(seconds))
    instants = np.arange(int(seconds[-1] * fps + 1e-6) + 1) / fps
    later = np.searchsorted(seconds, instants).clip(1, len(seconds) - 1)
    earlier_is_nearer = instants - seconds[later - 1] <= seconds[later] - instants
    nearest = np.asarray(later - earlier_is_nearer, np.int64)
    return nearest[np.abs(seconds[nearest] - instants) <= _longest_step(seconds) / 2]


def _longest_step(seconds: NDArray[np.float64]) -> float:
    """Longest time between two frames that is no gap."""
    return GAP * float(np.median(np.diff(seconds))) if len(seconds) > 1 else 0.0


class Clip:
    """Frames of a video by their place in `indices`; a `metst.video.FrameSource`.

    A file is decoded forward once; `KEPT` frames stay for looking back.

    Args:
        path: video file or folder of images.
        indices: frames of the video, ascending; several may be the same.
    """

    def __init__(self, path: Path, indices: NDArray[np.int64]) -> None:
        self.path, self.indices = path, indices
        self._images = nth_frames(path, 1) if path.is_dir() else None
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
            return read_grey(self._images[number])
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


def _grey(image: Picture) -> Frame:
    """A decoded picture as grey."""
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return np.asarray(grey, np.uint8)
