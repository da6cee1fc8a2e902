"""Intervals of an arriving score are those of the whole one."""

from collections.abc import Callable

import numpy as np
import pytest

from metst.base.randomness import generator
from metst.intervals.contrast import LEAST, beside, half_lengths, intervals
from metst.intervals.contrast_stream import Arrived, ArrivingIntervals


def noise(seed: int) -> np.ndarray:
    return generator(seed, "arriving").uniform(size=500)


def walk(seed: int) -> np.ndarray:
    steps = generator(seed, "walk").normal(size=700).cumsum()
    return 1 / (1 + np.exp(-steps))


def boxes(seed: int) -> np.ndarray:
    """Level stretches of 0 and 1, whose contrast is level, too."""
    lengths = generator(seed, "boxes").integers(1, 60, size=20)
    return np.repeat(np.arange(20) % 2, lengths).astype(float)


def rows(found: list[Arrived]) -> list[tuple[float, float, float]]:
    return sorted((x.onset, x.offset, x.contrast) for x in found)


@pytest.mark.parametrize("k_p", [3, 11])
@pytest.mark.parametrize("kind", [noise, walk, boxes])
@pytest.mark.parametrize("seed", range(3))
def test_the_intervals_are_those_of_the_whole_score(
    k_p: int, kind: Callable[[int], np.ndarray], seed: int
) -> None:
    score = kind(seed)
    for length in (5, 40, len(score)):
        arriving = ArrivingIntervals(k_p, 0.1)
        found: list[Arrived] = []
        for value in score[:length]:
            since = arriving.since
            new = arriving.push(value)
            assert all(x.onset >= since for x in new)
            found += new
        found += arriving.finish()
        whole = [tuple(row) for row in intervals(score[:length], k_p, 0.1).tolist()]
        assert rows(found) == [(a, b, pytest.approx(c, abs=2e-9)) for a, b, c in sorted(whole)]


def test_a_lone_interval_is_certain_soon_after_its_end() -> None:
    k_p = 11
    longest = half_lengths(k_p)[-1]
    arriving = ArrivingIntervals(k_p, LEAST)
    score = np.exp(-(((np.arange(300) - 150) / 8) ** 2))
    ((frame, one),) = [(i, x) for i, value in enumerate(score) for x in arriving.push(value)]
    assert one.onset < 150 < one.offset
    assert frame - one.offset == 2 * longest + beside(longest)
    assert arriving.finish() == []
