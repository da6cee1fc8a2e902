"""Intervals by their contrast while the score arrives: those of the whole one, once certain."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from scipy.signal import find_peaks

from metst.intervals.contrast import OVERLAP, Curve, beside, contrast, half_lengths
from metst.intervals.suppression import ious


@dataclass(frozen=True, order=True)
class Arrived:
    """An interval, ends inclusive; of two that overlap the lower in order stays.

    Attributes:
        rank: negative contrast, then number of the length and middle, which decide between equals.
    """

    rank: tuple[float, int, int]
    onset: int = field(compare=False)
    offset: int = field(compare=False)

    @property
    def contrast(self) -> float:
        """What it stands out by."""
        return -self.rank[0]


class ArrivingIntervals:
    """`metst.intervals.contrast.intervals` of a score that comes value by value.

    An interval is certain when everything that overlaps it has come, and what stands out more among
    that is certain not to stay: where nothing else overlaps it, 2 half + beside frames after its
    end, of the longest half length, which is 3.6 k_p.

    Args:
        k_p: half the mean ME length in frames.
        least: contrast that an interval needs, above 0.

    Attributes:
        since: frame before which no interval to come begins.
    """

    def __init__(self, k_p: int, least: float) -> None:
        self._searches = [_Search(half, least) for half in half_lengths(k_p)]
        longest = self._searches[-1].half
        # What a contrast needs on both sides, and the longest level stretch with its neighbours.
        self._memory = 2 * (longest + beside(longest)) + (2 * longest + 1) + 2
        self._score: Curve = np.zeros(0)
        self._count = self.since = 0
        self._unsure: list[Arrived] = []

    def push(self, value: float) -> list[Arrived]:
        """Intervals that have become certain with the next value, in the order of time."""
        self._count += 1
        self._score = np.append(self._score, value)[-self._memory :]
        return self._decide(ended=False)

    def finish(self) -> list[Arrived]:
        """The rest of them, when no more values come."""
        return self._decide(ended=True)

    def _decide(self, *, ended: bool) -> list[Arrived]:
        """Keep what nothing that stands out more can drop any more."""
        first = self._count - len(self._score)
        for number, search in enumerate(self._searches):
            self._unsure += search.found(self._score, first, number, ended=ended)
        horizon = self._count if ended else min(search.start for search in self._searches)
        kept: list[Arrived] = []
        unsure: list[Arrived] = []
        for one in sorted(self._unsure):
            if _overlaps(one, kept):
                continue
            certain = one.offset < horizon and not _overlaps(one, unsure)
            (kept if certain else unsure).append(one)
        self._unsure = unsure
        self.since = max(0, min([horizon, *(one.onset for one in unsure)]))
        return sorted(kept, key=lambda one: one.onset)


class _Search:
    """Peaks of the contrast of intervals of one length.

    Attributes:
        start: no interval that is not found yet begins before this frame.
    """

    def __init__(self, half: int, least: float) -> None:
        self.half, self._least = half, least
        self._until = 0  # middles before it are decided

    @property
    def start(self) -> int:
        return self._until - self.half

    def found(self, score: Curve, first: int, number: int, *, ended: bool) -> Iterator[Arrived]:
        """New intervals.

        Args:
            score: the last values, from frame `first` on.
            first: 0 until the oldest are forgotten.
            number: of the length, among those that are tried.
            ended: whether no more values come.
        """
        count = first + len(score)
        if count < 2 * self.half + 1:
            return
        reach = self.half + beside(self.half)
        begin, end = reach if first else 0, len(score) if ended else len(score) - reach
        values = contrast(score, self.half)[begin:end]
        if not len(values):
            return
        # Before the first frame and behind the last one nothing is higher.
        edges = np.pad(values, (int(first == 0), int(ended)), constant_values=-1.0)
        peaks = find_peaks(edges, height=self._least)[0] - (first == 0)
        for peak in peaks[peaks + first + begin >= self._until].tolist():
            middle = int(first + begin + peak)
            rank = (-float(values[peak]), number, middle)
            ends = max(middle - self.half, 0), min(middle + self.half, count - 1)
            yield Arrived(rank, *ends)
        self._until = first + begin + len(values) - self._level(values)

    def _level(self, values: Curve) -> int:
        """How many of the last values are equal and high: a peak may have its middle there."""
        if values[-1] < self._least:
            return 0
        return len(values) - 1 - int(np.flatnonzero(values != values[-1]).max(initial=-1))


def _overlaps(one: Arrived, others: list[Arrived]) -> bool:
    """Whether it overlaps one of the others too much for both to stay."""
    rows = torch.tensor([_row(one), *map(_row, others)], dtype=torch.float64)
    return bool((ious(rows[0], rows[1:]) > OVERLAP).any())


def _row(one: Arrived) -> tuple[float, float]:
    return float(one.onset), float(one.offset + 1)
