"""Micro-expressions as they happen."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch

from metst.intervals.contrast_stream import Arrived, ArrivingIntervals
from metst.intervals.stitching import Curves
from metst.predict.live import Moment
from metst.predict.model import About


@dataclass(frozen=True)
class Event:
    """A micro-expression, in frames of the stream from 0, both ends inclusive."""

    onset: int
    apex: int
    offset: int
    emotion: str
    score: float
    threshold: float


class Spotter(Protocol):
    """Events of outputs that arrive frame by frame."""

    @property
    def since(self) -> int:
        """Frame before which no event to come begins."""
        ...

    def push(self, moment: Moment) -> list[Event]:
        """Take the output for the next frame; returns the events that are certain now."""
        ...

    def finish(self) -> list[Event]:
        """The events that are certain when nothing more comes."""
        ...


def spotter(about: About) -> Spotter:
    """What finds events as the networks' decoder finds intervals."""
    return PeakSpotter(about) if about.contrast is None else ContrastSpotter(about, about.contrast)


class PeakSpotter:
    """Peaks of a score that arrives frame by frame.

    The threshold lies between mean and maximum of what was seen so far, where afterwards those of
    the whole video count. An event is certain when its peak can no longer be overtaken, 2 k_p
    frames after its apex; one whose shot ends before that is none.
    """

    def __init__(self, about: About) -> None:
        self.about = about
        self._moments: deque[Moment] = deque(maxlen=2 * about.k_p + 1)
        self._smoothed: deque[tuple[Moment, float, Sequence[Moment]]] = deque(
            maxlen=2 * about.k_p + 1
        )
        self._count, self._total, self._maximum = 0, 0.0, 0.0

    @property
    def threshold(self) -> float:
        """Height that a peak needs now."""
        mean = self._total / max(self._count, 1)
        return max(mean + self.about.peak * (self._maximum - mean), self.about.floor or 0.0)

    @property
    def since(self) -> int:
        """See `Spotter`."""
        moments = self._smoothed[0][2] if self._smoothed else self._moments
        return moments[0].frame if moments else 0

    def push(self, moment: Moment) -> list[Event]:
        """See `Spotter`."""
        k_p = self.about.k_p
        if moment.begins:  # nothing is smoothed across a cut
            self._moments.clear()
            self._smoothed.clear()
        self._moments.append(moment)
        if len(self._moments) <= 2 * k_p:
            return []
        smoothed = float(np.mean([m.score for m in self._moments]))
        self._count, self._total = self._count + 1, self._total + smoothed
        self._maximum = max(self._maximum, smoothed)
        self._smoothed.append((self._moments[k_p], smoothed, tuple(self._moments)))
        if len(self._smoothed) <= 2 * k_p:
            return []
        apex, height, inside = self._smoothed[k_p]
        values = [value for _, value, _ in self._smoothed]
        is_peak = height > max(values[:k_p]) and height >= max(values[k_p + 1 :])
        if not (is_peak and apex.seen and height >= self.threshold):
            return []
        return _events(self.about, inside, apex.frame, height, self.threshold)

    def finish(self) -> list[Event]:
        """See `Spotter`."""
        return []


class ContrastSpotter:
    """Intervals that stand out; as every video needs the same contrast, those found afterwards.

    Args:
        about: the networks.
        contrast: that an interval needs.
    """

    def __init__(self, about: About, contrast: float) -> None:
        self.about, self._contrast = about, contrast
        self._moments: dict[int, Moment] = {}
        self._begin(0)

    def _begin(self, frame: int) -> None:
        self._shot = frame
        self._intervals = ArrivingIntervals(self.about.k_p, self._contrast)

    @property
    def since(self) -> int:
        """See `Spotter`."""
        return self._shot + self._intervals.since

    def push(self, moment: Moment) -> list[Event]:
        """See `Spotter`."""
        before: list[Event] = []
        if moment.begins:
            before = self.finish()
            self._begin(moment.frame)
        self._moments[moment.frame] = moment
        events = self._named(self._intervals.push(moment.score))
        for frame in [frame for frame in self._moments if frame < self.since]:
            del self._moments[frame]
        return before + events

    def finish(self) -> list[Event]:
        """See `Spotter`."""
        return self._named(self._intervals.finish())

    def _named(self, found: Sequence[Arrived]) -> list[Event]:
        threshold = max(self._contrast, self.about.floor or 0.0)
        events: list[Event] = []
        for one in found:
            first, last = self._shot + one.onset, self._shot + one.offset
            apex = self._moments[(first + last) // 2]
            if apex.seen and one.contrast >= threshold:
                inside = [self._moments[frame] for frame in range(first, last + 1)]
                events += _events(self.about, inside, apex.frame, one.contrast, threshold)
        return events


def _events(
    about: About, inside: Sequence[Moment], apex: int, score: float, threshold: float
) -> list[Event]:
    """The event of an interval's frames; none where they vote for nothing, after all."""
    logits = torch.from_numpy(np.stack([m.logits for m in inside]))[None]  # (1, n, E + 1)
    first, last = inside[0].frame, inside[-1].frame
    curves = Curves(logits[..., 0], logits, torch.tensor([len(inside)]))
    begin, middle, end = (torch.tensor([frame - first]) for frame in (first, apex, last))
    ends = begin, middle, end
    _, labels = about.decoder.voting.label(curves, torch.tensor([0]), ends, len(inside))
    emotion = about.emotion(int(labels[about.synergy]))
    return [Event(first, apex, last, emotion, score, threshold)] if emotion else []
