"""How many of everything a data set holds, and how long it lasts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from metst.datasets.generated.quantiles import (
    CASME3_APEX,
    CASME3_EMOTIONS,
    CASME3_FRAMES,
    CASME3_LENGTHS,
    CASME3_MICRO_OF_SUBJECTS,
    CASME3_MICRO_OF_VIDEOS,
    Quantiles,
    quantiles,
)
from metst.datasets.labels import Kind, Timebase

_Thing = TypeVar("_Thing")


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


def _numbers(things: Iterable[_Thing], counts: tuple[int, ...]) -> dict[_Thing, int]:
    """How many there are of each."""
    return dict(zip(things, counts, strict=True))


CASME3 = Shape(
    name="casme3",
    timebase=Timebase(fps=30.0),
    k=50,
    subjects=100,
    annotated_subjects=98,
    micro_of_subjects=CASME3_MICRO_OF_SUBJECTS,
    micro_of_videos=CASME3_MICRO_OF_VIDEOS,
    other_videos=538,
    bare_videos=299,
    macros=3346,
    blinks=841,
    emotions=CASME3_EMOTIONS,
    frames=CASME3_FRAMES,
    lengths=CASME3_LENGTHS,
    apex=CASME3_APEX,
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
    frames=quantiles(
        *(900, 1500, 2300, 3000, 4500, 6500, 9000, 12000, 14500, 19000, 20000), heavy=False
    ),
    lengths={
        "micro": quantiles(15, 20, 34, 42, 57, 74, 88, 98, 104, 130, 140),
        "macro": quantiles(101, 105, 112, 125, 170, 260, 450, 900, 1700, 5000, 7000),
    },
    apex=CASME3_APEX,
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
