"""Distributions by their quantiles, and those of CAS(ME)^3 that generated sets are drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from metst.datasets.labels.records import Kind

_Thing = TypeVar("_Thing")

SHARES: Final = (0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1)
"""Shares whose quantiles are counted: most tables give nine of them, and the ends are ours."""


@dataclass(frozen=True)
class Quantiles:
    """A distribution by its quantiles.

    Attributes:
        points: share -> value, from 0 to 1, both rising; all values above 0 where `heavy`.
        heavy: values between two quantiles rise as a power, as tails do, instead of a line.
    """

    points: Mapping[float, float]
    heavy: bool = False

    def at(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """The values at some shares from 0 to 1, in the shape of `shares`."""
        at, known = np.array(list(self.points)), np.array(list(self.points.values()))
        values: NDArray[np.float64] = np.interp(shares, at, np.log(known) if self.heavy else known)
        return np.exp(values) if self.heavy else values

    def values(self, count: int) -> NDArray[np.float64]:
        """`count` values (count,) that are spread as the quantiles demand, rising."""
        return self.at((np.arange(count) + 0.5) / count)

    def drawn(self, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """`count` random values (count,) in random order, one from each of `count` equal shares."""
        values = self.at((np.arange(count) + rng.random(count)) / count)
        return values[rng.permutation(count)]

    def scaled(self, factor: float, least: float) -> "Quantiles":
        """The same spread over other values, none below `least`."""
        points = {share: max(least, value * factor) for share, value in self.points.items()}
        return replace(self, points=points)


def quantiles(*values: float, heavy: bool = True) -> Quantiles:
    """Distribution with these values at `SHARES`."""
    return Quantiles(dict(zip(SHARES, values, strict=True)), heavy)


def portions(counts: Mapping[_Thing, int], number: int) -> list[_Thing]:
    """`number` things in the proportions of `counts`, in its order."""
    rising = np.cumsum(list(counts.values()))
    shares = (np.arange(number) + 0.5) / number
    places = np.searchsorted(rising, shares * rising[-1], side="right")
    things = list(counts)
    return [things[place] for place in places]


def _counts(*subjects: int) -> dict[int, int]:
    """How many have 1, 2, 3 ... of something."""
    return dict(enumerate(subjects, start=1))


# CAS(ME)^3, part A, counted in its public label tables (version 2). Frames are of 30 frames/s.

CASME3_LENGTHS: Final[Mapping[Kind, Quantiles]] = {
    "micro": quantiles(3, 6, 9, 10, 15, 22, 34, 55, 71, 220, 300),
    "macro": quantiles(16, 20, 26, 31, 45, 73, 141, 278, 487, 1560, 2000),
    "blink": quantiles(6, 8, 10, 11, 13, 15, 17, 20, 22, 32, 40),
}
"""Frames of the expressions of a kind, both ends included."""

CASME3_APEX: Final = quantiles(0, 0, 0, 0.08, 0.18, 0.29, 0.42, 0.5, 0.58, 0.73, 0.95, heavy=False)
"""Place of the apex between onset (0) and offset (1) of an ME."""

CASME3_FRAMES: Final = quantiles(
    *(30, 46, 142, 343, 881, 1973, 2870, 3657, 4192, 4750, 5000), heavy=False
)
"""Last annotated frame of a video."""

CASME3_MICRO_OF_SUBJECTS: Final[Mapping[int, int]] = _counts(
    *(13, 7, 7, 11, 11, 3, 3, 4, 3, 3, 4, 3, 2, 2, 3, 1, 1, 2, 2, 1)
) | dict.fromkeys((22, 23, 25, 27, 35, 40, 50, 57), 1)
"""Number of MEs -> how many subjects have so many."""

CASME3_MICRO_OF_VIDEOS: Final[Mapping[int, int]] = _counts(
    *(272, 105, 34, 23, 15, 5, 3, 2, 1, 1, 1, 1)
)
"""Number of MEs -> how many videos have so many."""

CASME3_EMOTIONS: Final[Mapping[str, int]] = {
    "disgust": 250,
    "surprise": 187,
    "others": 161,
    "fear": 86,
    "anger": 64,
    "sad": 57,
    "happy": 55,
}
"""Label of the tables -> number of MEs."""

CASME3_OVER_MACRO: Final = 65 / 860
"""Share of the MEs that a MaE overlaps."""
