"""When the frames of a video are shown, and which of them stand for another frame rate."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from metst.base.errors import VideoError

Seconds = NDArray[np.float64]
"""(n,) when each frame is shown, ascending from 0."""

REORDERED = 16
"""Places by which time stamps in decoding order may be away from their frame (H.264)."""

USABLE = 0.9
"""Share of frames with a good time stamp from which the others can be interpolated. Our choice."""

GAP = 3.5
"""Frames are missing where more than so many usual steps lie between two: what happened there is
unknown, and could look like an ME."""

LONGEST = 0.5
"""Seconds between two frames that are always a gap: an ME can come and go unseen."""

AROUND = 12
"""Frames before and after that show the usual step."""

DRIFT = 2.0
"""Steps by which frames of a constant rate may be away from their place: cameras jitter."""

RATE_TOLERANCE = 0.01
"""Relative difference of frame rates below which every frame is taken as it is."""


def seconds_of(
    path: Path, stamps: Sequence[float | None], rate: float
) -> tuple[Seconds, list[str]]:
    """When each frame is shown, from its time stamp where that can be right, and notes.

    Args:
        path: the video.
        stamps: of each frame, in seconds; None where there is none.
        rate: frames per second by the container, for want of time stamps; 0: unknown.

    Raises:
        VideoError: there are neither time stamps nor a rate.
    """
    whole = ordered(stamps)
    if len(whole):
        return whole - whole[0], []
    known = _known(stamps)
    highest = np.fmax.accumulate(np.concatenate([[-np.inf], known[:-1]]))
    good = np.flatnonzero(known > highest)
    if len(good) > 1 and len(good) >= USABLE * len(known):
        note = (
            f"{len(known) - len(good)} time stamps are missing or do not ascend: taken from those "
            "of the frames around"
        )
        return _interpolated(known, good), [note]
    if not rate > 0:
        raise VideoError(path, "it has neither time stamps nor a frame rate: give --fps")
    note = f"time stamps are missing or do not ascend: every frame is taken to last 1/{rate:g} s"
    return np.arange(len(known)) / rate, [f"{note} (--fps sets another rate)"]


def ordered(stamps: Sequence[float | None]) -> Seconds:
    """Time stamps (n,) as the frames are shown; none where they cannot all be right.

    PyAV gives those of some files in decoding order. They number the frames, also where some of
    these cannot be decoded.
    """
    known = _known(stamps)
    whole = np.sort(known)
    return whole if (np.diff(whole) > 0).all() and _near(known) else np.zeros(0)


def _known(stamps: Sequence[float | None]) -> Seconds:
    return np.array([np.nan if s is None else s for s in stamps])


def _near(known: Seconds) -> bool:
    """Whether sorting moves no time stamp by more than `REORDERED` places."""
    moves = np.argsort(known, kind="stable") - np.arange(len(known))
    return bool((np.abs(moves) <= REORDERED).all())


def _interpolated(known: Seconds, good: NDArray[np.int64]) -> Seconds:
    """Times of all frames from the good ones; before and behind these in usual steps."""
    step = float(np.median(np.diff(known[good]) / np.diff(good)))
    first, last = known[good[0]] - step * good[0], known[good[-1]]
    places = np.concatenate([[-1], good, [len(known)]])
    times = [first - step, *known[good], last + step * (len(known) - good[-1])]
    seconds = np.interp(np.arange(len(known)), places, times)
    return np.asarray(seconds - seconds[0], np.float64)


def is_constant(seconds: Seconds) -> bool:
    """Whether frames come at one rate, as far as rounded time stamps can show."""
    if len(seconds) < 3:
        return True
    steps = np.diff(seconds)
    step = seconds[-1] / len(steps)
    drift = np.abs(seconds - step * np.arange(len(seconds))).max()
    return bool(steps.max() < 1.5 * np.median(steps) and drift < DRIFT * step)


def gaps(seconds: Seconds) -> NDArray[np.int64]:
    """Frames (m,) before which frames are missing, by `GAP` and `LONGEST`."""
    steps = np.diff(seconds)
    if not len(steps):
        return np.zeros(0, np.int64)
    around = np.pad(steps, AROUND, mode="reflect")
    medians = np.median(np.lib.stride_tricks.sliding_window_view(around, AROUND), axis=1)
    before, after = medians[: len(steps)], medians[AROUND + 1 :]
    # The greater one: where the rate falls, no frame is missing.
    return np.flatnonzero((steps > GAP * np.maximum(before, after)) | (steps > LONGEST)) + 1


def sampled(seconds: Seconds, fps: float) -> NDArray[np.int64]:
    """Frames of a video that stand for a rate of `fps`: the nearest in time for each instant.

    At nearly the same, constant rate (`RATE_TOLERANCE`) every frame is taken once. Nothing stands
    for the inside of a gap (`gaps`), which parts the video like a cut; instants count from the
    first frame after it.
    """
    parts = np.split(np.arange(len(seconds)), gaps(seconds))
    chosen = [part[_nearest(seconds[part] - seconds[part[0]], fps)] for part in parts if len(part)]
    return np.concatenate([np.zeros(0, np.int64), *chosen])


def _nearest(seconds: Seconds, fps: float) -> NDArray[np.int64]:
    """`sampled` of frames without a gap."""
    count = len(seconds)
    if count < 2:
        return np.arange(count)
    if is_constant(seconds) and abs((count - 1) / seconds[-1] / fps - 1) < RATE_TOLERANCE:
        return np.arange(count)
    return at_rate(seconds, fps)


def at_rate(seconds: Seconds, fps: float) -> NDArray[np.int64]:
    """The nearest of two frames or more for each instant of a rate, whatever their own rate is.

    In a gap, the frame at its nearer end stands for all.
    """
    instants = np.arange(int(seconds[-1] * fps + 1e-6) + 1) / fps
    later = np.searchsorted(seconds, instants).clip(1, len(seconds) - 1)
    earlier_is_nearer = instants - seconds[later - 1] <= seconds[later] - instants
    return np.asarray(later - earlier_is_nearer, np.int64)
