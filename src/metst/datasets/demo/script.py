"""Who shows what when: the events of every video, drawn from the seed alone.

Events never overlap, so each frame has one exact truth. Micro-expressions are balanced over the
four classes within every subject; blinks and macro-expressions are there to be mistaken for them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from metst.base.randomness import generator
from metst.datasets.demo.actions import BLINK, EMOTION_UNITS
from metst.datasets.demo.options import DemoOptions
from metst.datasets.labels.records import EMOTIONS, Kind

SECONDS_PER_EVENT: Final[dict[Kind, float]] = {"micro": 5.0, "macro": 13.0, "blink": 4.5}
"""Mean seconds of video per event: people blink every 4 to 6 s; the others are denser than life."""

DURATIONS: Final[dict[Kind, tuple[float, float]]] = {
    "micro": (0.37, 0.57),  # mean 14 frames at 30 fps, so k_p = 7
    "macro": (1.0, 2.0),  # macro-expressions last longer than 0.5 s (Ekman)
    "blink": (0.25, 0.4),
}
"""Shortest and longest duration, s."""

AMPLITUDES: Final[dict[Kind, tuple[float, float]]] = {
    "micro": (1.0, 2.2),
    "macro": (4.0, 7.0),
    "blink": (12.0, 14.0),
}
"""Least and greatest displacement at the apex, px of the reference picture."""

APEX: Final = (0.4, 0.6)
"""Where the apex lies between onset and offset, as a share of the duration."""

GAP_SECONDS: Final = 0.25
"""Least quiet time before and after every event, s."""

NEGATIVE: Final = ("disgust", "anger", "fear", "sad")
"""The raw emotions of the class `negative`, taken in turn."""

RAW: Final[dict[str, str]] = {"positive": "happy", "surprise": "surprise", "others": "others"}
"""The raw emotion of each other class."""


@dataclass(frozen=True)
class Event:
    """Something that a face does; frame numbers from 1, both ends inclusive.

    The face is at rest at the onset and at the offset.

    Attributes:
        emotion: raw emotion; empty for a blink.
        units: action units that move.
        amplitude: displacement at the apex, px of the frame.
    """

    kind: Kind
    onset: int
    apex: int
    offset: int
    emotion: str
    units: tuple[int, ...]
    amplitude: float

    def envelope(self, number: int) -> float:
        """Share of the apex's displacement reached in a frame: raised cosines, 0 outside."""
        if not self.onset < number < self.offset:
            return 0.0
        length = self.apex - self.onset if number <= self.apex else self.offset - self.apex
        return 0.5 + 0.5 * math.cos(math.pi * (number - self.apex) / length)


@dataclass(frozen=True)
class VideoScript:
    """One video and its events in the order of time."""

    subject: str
    video: str
    events: tuple[Event, ...]


def write_scripts(options: DemoOptions) -> list[VideoScript]:
    """Scripts of all videos, subject by subject."""
    scripts: list[VideoScript] = []
    for index, subject in enumerate(options.subject_names):
        emotions = _micro_emotions(index, subject, options)
        for i, video in enumerate(options.video_names):
            dealt = emotions[i :: options.videos]
            scripts.append(VideoScript(subject, video, _events(subject, video, dealt, options)))
    return scripts


def _micro_emotions(index: int, subject: str, options: DemoOptions) -> list[str]:
    """Raw emotions of one subject's micro-expressions in random order, at least one per video."""
    seconds = options.videos * options.seconds
    count = max(options.videos, round(seconds / SECONDS_PER_EVENT["micro"]))
    emotions: list[str] = []
    for i in range(count):
        turn, place = divmod(index + i, len(EMOTIONS))
        emotion = EMOTIONS[place]
        emotions.append(RAW.get(emotion, NEGATIVE[(2 * index + turn) % len(NEGATIVE)]))
    order = generator(options.seed, "demo", subject, "emotions").permutation(count)
    return [emotions[i] for i in order]


def _events(
    subject: str, video: str, micro: Sequence[str], options: DemoOptions
) -> tuple[Event, ...]:
    rng = generator(options.seed, "demo", subject, video, "events")
    cast: list[tuple[Kind, str]] = [("micro", emotion) for emotion in micro]
    names = list(EMOTION_UNITS)
    macros = round(options.seconds / SECONDS_PER_EVENT["macro"])
    cast += [("macro", names[rng.integers(len(names))]) for _ in range(macros)]
    cast += [("blink", "")] * round(options.seconds / SECONDS_PER_EVENT["blink"])
    cast = [cast[i] for i in rng.permutation(len(cast))]
    lengths = [round(options.fps * rng.uniform(*DURATIONS[kind])) for kind, _ in cast]
    onsets = _onsets(lengths, options, rng)
    acts = zip(cast, onsets, lengths, strict=True)
    return tuple(_event(kind, name, on, n, options, rng) for (kind, name), on, n in acts)


def _onsets(lengths: Sequence[int], options: DemoOptions, rng: np.random.Generator) -> list[int]:
    """Random onsets that keep events apart: the quiet frames left over are dealt at random."""
    gap = round(GAP_SECONDS * options.fps)
    free = options.frames - sum(lengths) - gap * (len(lengths) + 1)
    quiet = np.sort(rng.integers(free + 1, size=len(lengths)))
    before = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return [int(1 + gap * (i + 1) + quiet[i] + before[i]) for i in range(len(lengths))]


def _event(
    kind: Kind,
    emotion: str,
    onset: int,
    length: int,
    options: DemoOptions,
    rng: np.random.Generator,
) -> Event:
    offset = onset + length - 1
    apex = onset + round(rng.uniform(*APEX) * (length - 1))
    amplitude = rng.uniform(*AMPLITUDES[kind]) * options.scale
    if kind == "micro":
        amplitude /= options.difficulty
    units = EMOTION_UNITS[emotion] if emotion else BLINK
    return Event(kind, onset, apex, offset, emotion, units, amplitude)
