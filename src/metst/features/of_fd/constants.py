"""Constants of OF-FD, as published, in pixels of the face crop."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

Name = Literal["cas", "samm"]

LENGTH = 200
"""Frames of a segment."""

RATE, LOW_PASS = 30.0, 5.0
"""Frames per second that the constants are made for, and frequency from which curves are cut."""

GAP = 3
"""Samples that are fewer than so many apart belong together."""

REACH = 30
"""Samples on either side in which a curve must have been lower."""

NEAR = 10
"""Samples on either side in which an end is sought, if not in `REACH`."""

FALLEN = 0.33
"""Share of the height of a peak below which an interval ends."""

SPLIT, EDGE = 20, 8
"""Least length of an interval that is divided, and samples at its ends where it is not."""

FACTORS = (1.0, 0.7, 0.8, 0.9, 1.1, 1.2, 1.3, 1.4)
"""Multiples of the published heights that are tried, the published ones first."""


@dataclass(frozen=True)
class Constants:
    """What differs between data sets, and the heights that are fitted.

    Attributes:
        rises: by how much a curve must exceed its lowest value around, of brows, mouth and nose.
        merge: share of the shorter interval that two have in common to become one.
        shortest, longest: length of an interval, offset less onset, in frames.
        height: of the curve above its minimum, at least.
        trend: by how much the curve without its trend must exceed its lowest value around.
        drop: by how much an end may lie above the lowest value nearby.
        notch: by how much two peaks must exceed what is between them, to be divided.
    """

    rises: tuple[float, float, float]
    merge: float
    shortest: int
    longest: float = float("inf")
    height: float = 1.4
    trend: float = 0.8
    drop: float = 0.3
    notch: float = 0.7

    def scaled(self, factor: float) -> "Constants":
        """The same with all heights multiplied."""
        names = ("height", "trend", "drop", "notch")
        scaled = {name: factor * getattr(self, name) for name in names}
        brows, mouth, nose = (factor * rise for rise in self.rises)
        return replace(self, rises=(brows, mouth, nose), **scaled)

    def rise(self, roi: int) -> float:
        """That of one of the sixteen regions: eight of brows, six of the mouth, two of the nose."""
        return self.rises[0 if roi < 8 else 1 if roi < 14 else 2]


CAS = Constants((1.925, 1.85, 2.1), merge=0.1, shortest=12, longest=200)
"""CAS(ME)^2, code of 2024, for crops of 32 pixels per half distance of the inner eye corners."""

CONSTANTS: Mapping[Name, Constants] = {
    "samm": Constants((1.65, 1.5, 1.5), merge=0.34, shortest=10),
    "cas": CAS.scaled(320 / 9 / 32),
}
"""By data set, for our crops: 320 pixels are nine half distances."""
