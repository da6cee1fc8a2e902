"""Micro-expressions as they happen: the spotting rule without a future.

Afterwards, the threshold lies between mean and maximum of the whole video; live, of what was seen
so far. The networks' floor is the same. An event is reported when its peak can no longer be
overtaken, 2 k_p frames after its apex.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from metst.base.errors import ConfigError
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


class Spotter:
    """Peaks of a score that arrives frame by frame.

    Raises:
        ConfigError: the networks' finds are no peaks.
    """

    def __init__(self, about: About) -> None:
        if about.contrast is not None:
            msg = (
                f"stream: expected networks whose finds are peaks of the score, got {about.name}, "
                "whose finds are compared with what comes after them; `metst predict` takes it"
            )
            raise ConfigError(msg)
        self.about = about
        self._voting = about.decoder.voting
        self._moments: deque[Moment] = deque(maxlen=2 * about.k_p + 1)
        self._smoothed: deque[tuple[Moment, float, NDArray[np.float64]]] = deque(
            maxlen=2 * about.k_p + 1
        )
        self._count, self._total, self._maximum = 0, 0.0, 0.0

    @property
    def threshold(self) -> float:
        """Height that a peak needs now."""
        mean = self._total / max(self._count, 1)
        return max(mean + self.about.peak * (self._maximum - mean), self.about.floor or 0.0)

    def push(self, moment: Moment) -> Event | None:
        """Take the output for the next frame; returns an event once it is certain."""
        k_p = self.about.k_p
        if moment.begins:  # nothing is smoothed across a cut
            self._moments.clear()
            self._smoothed.clear()
        self._moments.append(moment)
        if len(self._moments) <= 2 * k_p:
            return None
        smoothed = float(np.mean([m.score for m in self._moments]))
        self._count, self._total = self._count + 1, self._total + smoothed
        self._maximum = max(self._maximum, smoothed)
        logits = np.stack([m.logits for m in self._moments])  # (2 k_p + 1, E + 1)
        self._smoothed.append((self._moments[k_p], smoothed, logits))
        if len(self._smoothed) <= 2 * k_p:
            return None
        apex, height, logits = self._smoothed[k_p]
        values = [value for _, value, _ in self._smoothed]
        is_peak = height > max(values[:k_p]) and height >= max(values[k_p + 1 :])
        if not (is_peak and apex.seen and height >= self.threshold):
            return None
        ends = apex.frame - k_p, apex.frame, apex.frame + k_p
        emotion = self._named(logits)
        return Event(*ends, emotion, height, self.threshold) if emotion else None

    def _named(self, logits: NDArray[np.float64]) -> str | None:
        """What the frames (2 k_p + 1, E + 1) of an interval vote for; None: nothing, after all."""
        frames, k_p = torch.from_numpy(logits)[None], self.about.k_p
        curves = Curves(frames[..., 0], frames, torch.tensor([len(logits)]))
        first, peak, last = (torch.tensor([at]) for at in (0, k_p, 2 * k_p))
        _, labels = self._voting.label(curves, first, (first, peak, last), len(logits))
        return self.about.emotion(int(labels[self.about.synergy]))
