"""What tables and pictures show of a video, without its curves."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from metst.datasets.conditions import Activity, Conditions
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.records import action_unit
from metst.datasets.heads.script import VideoPlan, VideoScript, write_script
from metst.datasets.heads.units import UNITS
from metst.datasets.labels.annotations import VideoKey
from metst.datasets.labels.records import Expression

CLEAR: Final = 1 / 3
"""Share of the largest rise from onset to apex above which a unit is named."""


@dataclass(frozen=True)
class Seen:
    """An expression as somebody sees who compares its onset and apex.

    Attributes:
        units: numbers of the action units that rise, ascending.
        height: the largest rise; 0 where there is no apex.
    """

    expression: Expression
    units: tuple[int, ...]
    height: float


@dataclass(frozen=True)
class Summary:
    """One video.

    Attributes:
        frames: number T of own frames.
        expressions: by onset.
    """

    subject: str
    video: str
    frames: int
    conditions: Conditions
    expressions: tuple[Seen, ...]

    @property
    def key(self) -> VideoKey:
        """Subject and video."""
        return self.subject, self.video


def summary(options: HeadsOptions, plan: VideoPlan) -> Summary:
    """The summary of a planned video."""
    script = write_script(options, plan)
    activities = list(script.activities)
    if options.layout == "sammlv":  # whose tables hold no blinks
        activities += [
            Activity("blink", e.onset, e.offset) for e in script.expressions if e.kind == "blink"
        ]
    conditions = Conditions(script.groups, tuple(sorted(activities, key=lambda a: a.onset)))
    seen = tuple(_seen(script, e) for e in script.expressions)
    return Summary(script.subject, script.video, script.frames, conditions, seen)


def _seen(script: VideoScript, e: Expression) -> Seen:
    if e.apex is None:
        return Seen(e, (), 0.0)
    rises = script.units[e.apex - 1] - script.units[max(e.onset - 2, 0)]  # (U,), numbers from 1
    height = float(rises.max())
    named = {
        number
        for name, rise in zip(UNITS, rises, strict=True)
        if rise > max(CLEAR * height, np.finfo(np.float32).eps)
        and (number := action_unit(name)[0]) is not None
    }
    return Seen(e, tuple(sorted(named)), height)
