"""The plans of all videos: which MEs and MaEs are in which video, and what is special about it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metst.base.randomness import generator
from metst.datasets.generated.quantiles import (
    CASME3_APEX,
    CASME3_EMOTIONS,
    CASME3_LENGTHS,
    CASME3_OVER_MACRO,
    portions,
)
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.script.curves import spread
from metst.datasets.heads.script.deal import micro_of_videos, video_frames, video_name
from metst.datasets.heads.script.emotions import EMOTION_STRENGTH
from metst.datasets.heads.script.groups import conditions
from metst.datasets.heads.script.place import GAP_SECONDS, room
from metst.datasets.heads.script.plan import PlannedExpression, VideoPlan
from metst.datasets.labels.records import Kind

ROOM: Final = 1.25
"""A video is at least so many times as long as its MEs, so that they do not stand in a row."""

SUBJECT_SPREAD: Final = 1.5
"""The strongest subject shows MEs so many times as strongly as the median one."""

EVENT_SPREAD: Final = 1.6
"""The strongest ME of a subject and an emotion, beside the median one."""

MACRO_STRENGTH: Final = (0.4, 1.0)
"""Least and greatest intensity of the strongest face unit at the apex of a MaE."""

LEAST_MACRO: Final = 0.5
"""MaEs last longer, s (Ekman): where a video has less room, it gets none."""


def write_plans(options: HeadsOptions) -> list[VideoPlan]:
    """Plans of all videos, by subject and video; equal for equal options.

    Raises:
        ConfigError: `options.minutes` are too few for so many MEs.
    """
    dealt = micro_of_videos(options)
    keys = [
        (s, video_name(options, s, i)) for s, counts in dealt.items() for i in range(len(counts))
    ]
    counts = [count for counts in dealt.values() for count in counts]
    micro = _micro(options, [subject for subject, _ in keys], counts)
    gap = round(GAP_SECONDS * options.fps)
    spans = [room([e.frames for e in planned], gap) for planned in micro]
    frames = video_frames(options, [round(ROOM * span) for span in spans])
    free = [have - span - gap for have, span in zip(frames, spans, strict=True)]
    macro = _macro(options, micro, free)
    special = conditions(options, [subject for subject, _ in keys], counts)
    return [
        VideoPlan(*key, frames[i], *special[i], micro=micro[i], macro=tuple(macro.get(i, ())))
        for i, key in enumerate(keys)
    ]


def _expressions(
    options: HeadsOptions, kind: Kind, count: int, rng: np.random.Generator
) -> list[PlannedExpression]:
    """So many MEs or MaEs, with the lengths, apex positions and emotions of CAS(ME)^3."""
    lengths = np.rint(CASME3_LENGTHS[kind].drawn(count, rng) * options.fps / 30).astype(int)
    apexes = CASME3_APEX.drawn(count, rng)
    strengths = rng.uniform(*MACRO_STRENGTH, count)
    emotions = portions(CASME3_EMOTIONS, count)
    return [
        PlannedExpression(emotions[i], int(lengths[i]), float(apexes[i]), float(strengths[i]))
        for i in rng.permutation(count)
    ]


def _micro(
    options: HeadsOptions, subjects: Sequence[str], counts: Sequence[int]
) -> list[tuple[PlannedExpression, ...]]:
    """MEs of each video; the median of all has the strength that is asked for."""
    rng = generator(options.seed, "heads", "micro")
    waiting = _expressions(options, "micro", options.micro, rng)
    typical = {name: _typical(options, name) for name in dict.fromkeys(subjects)}
    shown_by = [name for name, count in zip(subjects, counts, strict=True) for _ in range(count)]
    strengths = np.array(
        [
            typical[name] * EMOTION_STRENGTH[one.emotion] * spread(rng, EVENT_SPREAD)
            for name, one in zip(shown_by, waiting, strict=True)
        ]
    )
    strengths *= options.knobs.strength / options.difficulty / np.median(strengths)
    made = iter(
        replace(one, strength=min(1.0, float(strength)))
        for one, strength in zip(waiting, strengths, strict=True)
    )
    return [tuple(next(made) for _ in range(count)) for count in counts]


def _typical(options: HeadsOptions, subject: str) -> float:
    """How strongly a subject shows MEs, beside the median one."""
    return spread(generator(options.seed, "heads", subject, "strength"), SUBJECT_SPREAD)


def _macro(
    options: HeadsOptions, micro: Sequence[Sequence[PlannedExpression]], free: Sequence[int]
) -> Mapping[int, list[PlannedExpression]]:
    """MaEs by index of the video: some laid over MEs, the longest others where there is room."""
    rng = generator(options.seed, "heads", "macro")
    count = round(options.knobs.macros * options.minutes)
    waiting = _expressions(options, "macro", count, rng)
    left = np.array(free)
    gap = round(GAP_SECONDS * options.fps)
    dealt: dict[int, list[PlannedExpression]] = {}

    def put(macro: PlannedExpression, index: int, over: int | None = None) -> None:
        length = min(macro.frames, int(left[index]) - gap)
        if length >= LEAST_MACRO * options.fps:
            dealt.setdefault(index, []).append(replace(macro, frames=length, over=over))
            left[index] -= length + gap

    for index in _covered(options, micro, left - gap, rng):
        if waiting:
            put(waiting.pop(), index, int(rng.integers(len(micro[index]))))
    for macro in sorted(waiting, key=lambda m: -m.frames):
        able = np.where(left >= macro.frames + gap, left, 0)
        place = able.cumsum()
        index = int(np.searchsorted(place, rng.integers(max(1, place[-1])), side="right"))
        put(macro, index if place[-1] else int(np.argmax(left)))
    return dealt


def _covered(
    options: HeadsOptions,
    micro: Sequence[Sequence[PlannedExpression]],
    free: NDArray[np.int_],
    rng: np.random.Generator,
) -> list[int]:
    """Videos in which a MaE shall be laid over an ME, of those with so many frames free."""
    least = LEAST_MACRO * options.fps
    able = [i for i, planned in enumerate(micro) if planned and free[i] >= least]
    count = min(round(CASME3_OVER_MACRO * options.micro), len(able))
    return [int(index) for index in rng.choice(able, count, replace=False)] if able else []
