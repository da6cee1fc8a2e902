"""What is known of a video beyond its label tables, where a data set knows more."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Activity:
    """Something that happens in a video and is no expression.

    Attributes:
        kind: `speech`, `motion` (of the head), `gaze`, `swallowing`, `light` or `occlusion`.
        onset: own number of its first frame.
        offset: own number of its last frame.
    """

    kind: str
    onset: int
    offset: int


@dataclass(frozen=True)
class Conditions:
    """What is special about a video.

    Attributes:
        groups: names of the groups of videos that it belongs to; scores are given per group.
        activities: what happens besides expressions, by onset.
    """

    groups: tuple[str, ...] = ()
    activities: tuple[Activity, ...] = ()


Curves = Mapping[str, NDArray[np.float32]]
"""Name of an action unit -> its true intensity (T,) in each own frame."""
