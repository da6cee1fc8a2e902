"""How the MEs are dealt to subjects and videos, and how long each video is."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from metst.base.errors import ConfigError
from metst.base.randomness import generator
from metst.datasets.generated.quantiles import (
    CASME3_FRAMES,
    CASME3_MICRO_OF_SUBJECTS,
    CASME3_MICRO_OF_VIDEOS,
    portions,
)
from metst.datasets.heads.options import HeadsOptions

MOST_VIDEOS: Final = 26
"""Videos of a subject: CAS(ME)^3 names them by a letter."""

DENSER: Final = 2
"""So many times the MEs of a video of CAS(ME)^3: with five times as many MEs per minute, videos
would else be five times as short."""

LEAST_SECONDS: Final = 2.0
"""No video is shorter."""


def subject_names(options: HeadsOptions) -> list[str]:
    """Folder names of the subjects: `spNO.1` as in CAS(ME)^3, or `006` as in SAMM-LV."""
    numbers = range(1, options.subjects + 1)
    if options.layout == "casme3":
        return [f"spNO.{number}" for number in numbers]
    return [f"{number + 5:03}" for number in numbers]


def video_name(options: HeadsOptions, subject: str, index: int) -> str:
    """Folder name of a subject's video: `a` as in CAS(ME)^3, or `006_1` as in SAMM-LV."""
    return chr(ord("a") + index) if options.layout == "casme3" else f"{subject}_{index + 1}"


def micro_of_subjects(options: HeadsOptions) -> dict[str, int]:
    """Number of MEs of each subject: at least one, most of them of a few, as in CAS(ME)^3."""
    weights = [count - 1 for count in portions(CASME3_MICRO_OF_SUBJECTS, options.subjects)]
    more = options.micro - options.subjects
    counts = [1 + more * weight // sum(weights) for weight in weights]
    for i in range(1, options.micro - sum(counts) + 1):
        counts[-i] += 1
    order = generator(options.seed, "heads", "subjects").permutation(options.subjects)
    return {name: counts[i] for name, i in zip(subject_names(options), order, strict=True)}


def micro_of_videos(options: HeadsOptions) -> dict[str, list[int]]:
    """Number of MEs of each subject's videos in their order; as many videos hold none."""
    rng = generator(options.seed, "heads", "videos")
    left = micro_of_subjects(options)
    dealt: dict[str, list[int]] = {name: [] for name in left}
    waiting = sorted(_video_counts(options, rng))
    while waiting:
        count = waiting.pop()
        able = [name for name, number in left.items() if number >= count]
        if not able:  # the subject that lacks most gets what it lacks, and the rest waits
            able = [max(left, key=lambda name: left[name])]
            waiting = sorted([*waiting, count - left[able[0]]])
            count = left[able[0]]
        name = able[_weighted([left[n] for n in able], rng)]
        dealt[name].append(count)
        left[name] -= count
    return {name: _with_empty(counts, rng) for name, counts in dealt.items()}


def _video_counts(options: HeadsOptions, rng: np.random.Generator) -> list[int]:
    """Numbers of MEs of the videos that have any, `options.micro` together."""
    table = [DENSER * count for count in portions(CASME3_MICRO_OF_VIDEOS, options.micro)]
    counts: list[int] = []
    for i in rng.permutation(options.micro):
        counts.append(min(table[i], options.micro - sum(counts)))
        if sum(counts) == options.micro:
            break
    return counts


def _with_empty(counts: list[int], rng: np.random.Generator) -> list[int]:
    """The counts with as many zeros in random order; merged where a letter would be missing."""
    while len(counts) > MOST_VIDEOS // 2:
        counts = sorted(counts)
        counts = [counts[0] + counts[1], *counts[2:]]
    both = counts + [0] * len(counts)
    return [both[i] for i in rng.permutation(len(both))]


def _weighted(weights: Sequence[int], rng: np.random.Generator) -> int:
    """Random index, by whole weights."""
    place = int(rng.integers(sum(weights)))
    return int(np.searchsorted(np.cumsum(weights), place, side="right"))


def video_frames(options: HeadsOptions, needed: Sequence[int]) -> list[int]:
    """Frames of each video, by the quantiles of CAS(ME)^3 scaled to `options.minutes` together.

    Args:
        options: size and seed.
        needed: frames that each video must have for what happens in it.

    Raises:
        ConfigError: the videos are longer than `options.minutes` already for what they must hold.
    """
    total = round(options.minutes * 60 * options.fps)
    shortest = math.ceil(LEAST_SECONDS * options.fps)
    least = np.maximum(np.array(needed), shortest)
    if least.sum() > total:
        enough = math.ceil(10 * float(least.sum()) / options.fps / 60) / 10
        msg = (
            f"heads option minutes: expected at least {enough:g} for {options.micro} MEs in "
            f"{len(needed)} videos, got {options.minutes:g}; ask for more minutes or fewer MEs"
        )
        raise ConfigError(msg)
    rng = generator(options.seed, "heads", "frames")
    wished = CASME3_FRAMES.drawn(len(needed), rng)
    low, high = 0.0, total / float(wished.min())
    for _ in range(60):
        middle = (low + high) / 2
        if np.maximum(np.rint(wished * middle), least).sum() > total:
            high = middle
        else:
            low = middle
    frames = np.maximum(np.rint(wished * low), least).astype(int)
    frames[int(np.argmax(frames))] += total - int(frames.sum())
    return [int(count) for count in frames]
