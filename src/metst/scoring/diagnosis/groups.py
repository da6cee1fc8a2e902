"""Scores of the videos that belong to a group, and of all others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metst.datasets.conditions import Conditions
from metst.datasets.labels.annotations import VideoKey
from metst.datasets.labels.records import Recording
from metst.scoring.diagnosis.headline import Headline
from metst.scoring.protocols.protocol import Protocol


@dataclass(frozen=True)
class Part:
    """Some of the videos.

    Attributes:
        videos: how many.
        scores: over them alone.
    """

    videos: int
    scores: Headline


@dataclass(frozen=True)
class Group:
    """A group of videos beside all others.

    Attributes:
        name: as the data set names it.
        inside: the videos of the group.
        outside: all others.
    """

    name: str
    inside: Part
    outside: Part


def groups(
    predictions: pd.DataFrame,
    recordings: Sequence[Recording],
    scoring: Protocol,
    synergy: str,
    conditions: Mapping[VideoKey, Conditions],
) -> list[Group]:
    """Every group that a judged video belongs to, by name."""
    members: dict[str, set[VideoKey]] = {}
    for recording in recordings:
        key = recording.subject, recording.video
        for name in conditions[key].groups if key in conditions else ():
            members.setdefault(name, set()).add(key)
    keys = list(zip(predictions["subject"], predictions["video"], strict=True))

    def part(inside: set[VideoKey], *, wanted: bool) -> Part:
        chosen = [r for r in recordings if ((r.subject, r.video) in inside) == wanted]
        rows = predictions[np.array([(key in inside) == wanted for key in keys], dtype=bool)]
        return Part(len(chosen), Headline.of(scoring.evaluate(rows, chosen, synergy)))

    return [
        Group(name, part(inside, wanted=True), part(inside, wanted=False))
        for name, inside in sorted(members.items())
    ]
