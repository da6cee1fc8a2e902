"""A video, analyzed: curves, intervals with emotions, and what its reader should know."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray

from metst.datasets.labels import Recording, Timebase
from metst.intervals.proposals import Proposals
from metst.predict.measuring import Shot
from metst.predict.model import About
from metst.predict.places import title
from metst.report.timeline import Timeline, draw_timeline
from metst.video.clip import Survey

FIRST = 1
"""Number of a video's first frame in outputs, as in the data sets."""


@dataclass(frozen=True)
class Interval:
    """A spotted micro-expression; frames are numbers in the video, from `FIRST`, both inclusive.

    Attributes:
        onset_seconds: when the onset frame is shown; apex and offset alike.
        score: height of the smoothed score at the apex.
        probabilities: mean class probabilities, in the order of `About.classes`.
    """

    onset: int
    apex: int
    offset: int
    onset_seconds: float
    apex_seconds: float
    offset_seconds: float
    emotion: str
    score: float
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class Analysis:
    """WindowOutputs of networks for a video; curves have the networks' frame rate.

    Attributes:
        path: the video; `array` of frames that came in memory.
        about: the networks.
        intervals: in the order of time.
        frames: (T,) frame of the video that each place of the curves stands for, from `FIRST`.
        seconds: (T,) when it is shown.
        times: (n,) when each frame of the video is shown, in seconds from the first.
        score: (T,) spotting score in [0, 1].
        smoothed: (T,) the curve in which peaks are sought.
        threshold: least height of a peak: that of the spotting rule, or the networks' floor where
            that is higher.
        probabilities: (T, E + 1) class probabilities; None of what only spots.
        shots: as they were measured.
        notes: what a reader should know about the networks and the video.
    """

    path: Path
    about: About
    intervals: tuple[Interval, ...]
    frames: NDArray[np.int64]
    seconds: NDArray[np.float64]
    times: NDArray[np.float64]
    score: NDArray[np.float64]
    smoothed: NDArray[np.float64]
    threshold: float
    probabilities: NDArray[np.float64] | None
    shots: tuple[Shot, ...]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        named = Counter(x.emotion for x in self.intervals)
        which = ", ".join(f"{count} {name}" for name, count in named.items() if name)
        seconds = self.seconds[-1] + self.frame_seconds
        return (
            f"<Analysis of {title(self.path)}, {seconds:.1f} s, by {self.about.name}: "
            f"{len(self.intervals)} micro-expressions{f' ({which})' * bool(which)}>"
        )

    @property
    def quiet(self) -> str:
        """That nothing in the video stands out; empty where something does."""
        highest = self.smoothed[self.analyzed].max(initial=0.0)
        if highest >= self.threshold or not self.analyzed.any():
            return ""
        return (
            f"probably nothing: the highest score is {highest:.3f}, below the threshold "
            f"{self.threshold:.3f} (the floor: how high the score rises without an ME)"
        )

    @property
    def frame_seconds(self) -> float:
        """How long a frame of the video is shown, on average."""
        return mean_step(self.frames.tolist(), self.seconds.tolist(), self.about.fps)

    def to_dataframe(self) -> pd.DataFrame:
        """One row per interval, as in `intervals.csv`."""
        plain = ["onset", "apex", "offset", *(f"{x}_seconds" for x in ("onset", "apex", "offset"))]
        names = [f"p_{name}" for name in self.about.classes]
        columns = [*plain, "emotion", "score", "threshold", *names, "model"]
        rows = [
            [
                *(getattr(x, name) for name in plain),
                *(x.emotion, x.score, self.threshold, *x.probabilities, self.about.name),
            ]
            for x in self.intervals
        ]
        return pd.DataFrame(rows, columns=columns)

    @property
    def analyzed(self) -> NDArray[np.bool_]:
        """(T,) whether networks looked at the frame: a face was followed in a whole window."""
        return np.concatenate([shot.seen for shot in self.shots])

    def plot(self) -> Figure:
        """Score, probabilities and intervals over time; blank where nothing was analyzed."""
        video = title(self.path)
        recording = Recording(self.about.name, video, len(self.score), Timebase(self.about.fps))
        places = {frame: place + 1 for place, frame in enumerate(self.frames.tolist())}
        table = self.to_dataframe()
        for column in ("onset", "apex", "offset"):
            table[column] = [places[frame] for frame in table[column]]
        curves = self.score, self.smoothed, self.threshold, self.probabilities
        cuts = tuple(shot.first for shot in self.shots[1:])
        return draw_timeline(
            Timeline(
                *(recording, *curves, table, self.about.emotions, cuts, self.analyzed),
                annotated=False,
            )
        )


def mean_step(frames: Sequence[int], seconds: Sequence[float], fps: float) -> float:
    """Seconds from one frame to the next, on average; of a single frame, those at a rate."""
    count = frames[-1] - frames[0]
    return (seconds[-1] - seconds[0]) / count if count else 1 / fps


def kept_intervals(
    proposals: Proposals,
    measured: Sequence[Shot],
    about: About,
    threshold: float,
    indices: NDArray[np.int64],
    found: Survey,
) -> tuple[Interval, ...]:
    """Proposals that are high enough within the video, where a face was seen, and not neutral.

    Args:
        proposals: in the shots.
        measured: the shots.
        about: the networks.
        threshold: least score.
        indices: frames of the video that were measured.
        found: the video's times.
    """
    labels = proposals.labels[about.synergy].tolist() if about.emotions else []
    shares = proposals.probabilities.tolist() if proposals.probabilities is not None else []
    kept: list[Interval] = []
    for i, (shot, apex) in enumerate(
        zip(proposals.video.tolist(), proposals.apex.tolist(), strict=True)
    ):
        score = float(proposals.score[i])
        emotion = about.emotion(labels[i]) if labels else ""
        if not measured[shot].seen[apex] or score < threshold or emotion is None:
            continue
        ends = int(proposals.onset[i]), apex, int(proposals.offset[i])
        frames = indices[[measured[shot].first + frame for frame in ends]].tolist()
        onset, middle, offset = (frame + FIRST for frame in frames)
        times = found.seconds[frames].tolist()
        kept.append(
            Interval(
                *(onset, middle, offset),
                *(times[0], times[1], times[2]),
                emotion=emotion,
                score=score,
                probabilities=tuple(shares[i]) if shares else (),
            )
        )
    return tuple(kept)


def joined(values: torch.Tensor, lengths: torch.Tensor) -> NDArray[np.float64]:
    """Shots (V, L, ...) one after the other (T, ...)."""
    rows = [row[:length].numpy() for row, length in zip(values, lengths.tolist(), strict=True)]
    return np.concatenate(rows)
