"""How many of everything a data set holds, and how long it lasts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from metst.datasets.labels import Kind, Timebase

_Thing = TypeVar("_Thing")


@dataclass(frozen=True)
class Quantiles:
    """A distribution by its quantiles.

    Attributes:
        points: share -> value, from 0 to 1, both rising; all values above 0 where `heavy`.
        heavy: values between two quantiles rise as a power, as tails do, instead of a line.
    """

    points: Mapping[float, float]
    heavy: bool = False

    def values(self, count: int) -> NDArray[np.float64]:
        """`count` values (count,) that are spread as the quantiles demand, rising."""
        at, known = np.array(list(self.points)), np.array(list(self.points.values()))
        shares = (np.arange(count) + 0.5) / count
        values: NDArray[np.float64] = np.interp(shares, at, np.log(known) if self.heavy else known)
        return np.exp(values) if self.heavy else values

    def scaled(self, factor: float, least: float) -> "Quantiles":
        """The same spread over other values, none below `least`."""
        points = {share: max(least, value * factor) for share, value in self.points.items()}
        return replace(self, points=points)


@dataclass(frozen=True)
class Shape:
    """Counts and quantiles of a data set; frames are the data set's own.

    Attributes:
        name: of the data set, as in `metst.datasets.registry.DATASETS`.
        k: frames of a window, sub-sampled.
        subjects: all of them; in those beyond `annotated_subjects` nothing is annotated.
        annotated_subjects: subjects with any annotation.
        micro_of_subjects: number of MEs -> how many subjects have so many.
        micro_of_videos: number of MEs -> how many videos have so many.
        other_videos: videos in which something else is annotated, but no ME.
        bare_videos: videos in which nothing is annotated.
        macros: number of MaEs.
        blinks: number of annotated blinks.
        emotions: label of the tables -> number of MEs.
        frames: of a video.
        lengths: of the expressions of a kind.
        apex: place of the apex between onset (0) and offset (1) of an ME.
        longest: frames of one ME that is far longer than all others; 0 for none.
        over_macro: MEs that a MaE is laid over; what lies beside them may be met, too.
        overlapping: pairs of MEs that overlap.
        without_onset: MaEs whose onset the table gives as 0.
    """

    name: str
    timebase: Timebase
    k: int
    subjects: int
    annotated_subjects: int
    micro_of_subjects: Mapping[int, int]
    micro_of_videos: Mapping[int, int]
    other_videos: int
    bare_videos: int
    macros: int
    blinks: int
    emotions: Mapping[str, int]
    frames: Quantiles
    lengths: Mapping[Kind, Quantiles]
    apex: Quantiles
    longest: int
    over_macro: int
    overlapping: int
    without_onset: int

    @property
    def micro(self) -> int:
        """Number of MEs."""
        return sum(self.emotions.values())

    @property
    def videos(self) -> int:
        """Number of videos."""
        return sum(self.micro_of_videos.values()) + self.other_videos + self.bare_videos


SHARES = (0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1)


def _quantiles(*values: float, heavy: bool = True) -> Quantiles:
    return Quantiles(dict(zip(SHARES, values, strict=True)), heavy)


def _numbers(things: Iterable[_Thing], counts: tuple[int, ...]) -> dict[_Thing, int]:
    """How many there are of each."""
    return dict(zip(things, counts, strict=True))


_APEX = _quantiles(0, 0, 0, 0.08, 0.18, 0.29, 0.42, 0.5, 0.58, 0.73, 0.95, heavy=False)

CASME3 = Shape(
    name="casme3",
    timebase=Timebase(fps=30.0),
    k=50,
    subjects=100,
    annotated_subjects=98,
    micro_of_subjects=_numbers(
        (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20),
        (13, 7, 7, 11, 11, 3, 3, 4, 3, 3, 4, 3, 2, 2, 3, 1, 1, 2, 2, 1),
    )
    | dict.fromkeys((22, 23, 25, 27, 35, 40, 50, 57), 1),
    micro_of_videos=_numbers(
        (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), (272, 105, 34, 23, 15, 5, 3, 2, 1, 1, 1, 1)
    ),
    other_videos=538,
    bare_videos=299,
    macros=3346,
    blinks=841,
    emotions=_numbers(
        ("disgust", "surprise", "others", "fear", "anger", "sad", "happy"),
        (250, 187, 161, 86, 64, 57, 55),
    ),
    frames=_quantiles(30, 46, 142, 343, 881, 1973, 2870, 3657, 4192, 4750, 5000, heavy=False),
    lengths={
        "micro": _quantiles(3, 6, 9, 10, 15, 22, 34, 55, 71, 220, 300),
        "macro": _quantiles(16, 20, 26, 31, 45, 73, 141, 278, 487, 1560, 2000),
        "blink": _quantiles(6, 8, 10, 11, 13, 15, 17, 20, 22, 32, 40),
    },
    apex=_APEX,
    longest=3451,
    over_macro=65,
    overlapping=8,
    without_onset=0,
)
"""CAS(ME)^3, part A, counted in its public label tables (version 2), where one ME lasts 115 s.

Videos and subjects without annotation fill up the published 1,300 videos of 100 subjects (Li et
al., IEEE TPAMI 2023). Where the tables were counted by quantiles, so are the values between them.
"""

SAMMLV = Shape(
    name="sammlv",
    timebase=Timebase(fps=200.0, skip=7),
    k=30,
    subjects=30,
    annotated_subjects=30,
    micro_of_subjects={1: 3, 2: 4, 3: 4, 4: 4, 5: 4, 6: 3}
    | dict.fromkeys((7, 8, 9, 10, 13, 15, 20), 1),
    micro_of_videos={1: 42, 2: 18, 3: 8, 4: 5, 5: 3, 6: 1, 7: 1, 9: 1},
    other_videos=68,
    bare_videos=0,
    macros=343,
    blinks=0,
    emotions=_numbers(
        ("Anger", "Happiness", "Other", "Surprise", "Contempt", "Disgust", "Fear", "Sadness"),
        (57, 26, 26, 15, 12, 9, 8, 6),
    ),
    frames=_quantiles(
        *(900, 1500, 2300, 3000, 4500, 6500, 9000, 12000, 14500, 19000, 20000), heavy=False
    ),
    lengths={
        "micro": _quantiles(15, 20, 34, 42, 57, 74, 88, 98, 104, 130, 140),
        "macro": _quantiles(101, 105, 112, 125, 170, 260, 450, 900, 1700, 5000, 7000),
    },
    apex=_APEX,
    longest=0,
    over_macro=10,
    overlapping=2,
    without_onset=32,
)
"""SAMM Long Videos: counts of its tables (30 subjects, 79 videos with MEs; emotions from Davison et
al., IEEE TAC 2018). Its lengths and how MEs are spread are ours, such that k_p is 5 as in truth.
"""

TINY_CASME3 = replace(
    CASME3,
    subjects=12,
    annotated_subjects=11,
    micro_of_subjects={1: 3, 2: 2, 3: 2, 4: 1, 6: 1, 9: 1},
    micro_of_videos={1: 14, 2: 4, 3: 2, 4: 1},
    other_videos=26,
    bare_videos=13,
    macros=120,
    blinks=30,
    emotions=_numbers(CASME3.emotions, (10, 7, 6, 3, 3, 2, 1)),
    frames=CASME3.frames.scaled(0.12, least=30),
    longest=450,
    over_macro=3,
    overlapping=1,
)
"""12 subjects with 60 videos for tests. One ME is happy: one fold is trained without that class."""

TINY_SAMMLV = replace(
    SAMMLV,
    subjects=8,
    annotated_subjects=8,
    micro_of_subjects={1: 3, 2: 2, 3: 1, 5: 1},
    micro_of_videos={1: 8, 2: 2, 3: 1},
    other_videos=21,
    macros=50,
    emotions={"Anger": 6, "Happiness": 4, "Other": 3, "Surprise": 1, "Contempt": 1},
    frames=SAMMLV.frames.scaled(0.2, least=150),
    over_macro=2,
    overlapping=1,
    without_onset=3,
)
"""8 subjects with 32 videos for tests."""

SHAPES: Mapping[str, Shape] = {shape.name: shape for shape in (CASME3, SAMMLV)}
TINY: Mapping[str, Shape] = {shape.name: shape for shape in (TINY_CASME3, TINY_SAMMLV)}
