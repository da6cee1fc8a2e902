"""The timeline of one video: score, class probabilities and intervals (as in ME-TST, Fig. 4)."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from metst.files import write_atomic
from metst.labels import EMOTIONS, NEUTRAL, Expression, Kind, Recording

COLORS = dict(
    zip((*EMOTIONS, NEUTRAL), ("#D55E00", "#009E73", "#0072B2", "#CC79A7", "#999999"), strict=True)
)
"""Colors that color-blind people can tell apart (Okabe and Ito, 2008), by emotion."""

DISTRACTORS: dict[Kind, str] = {"macro": "#E69F00", "blink": "#56B4E9"}

UNKNOWN = "#7A5C3E"
"""Color of an annotated emotion that belongs to no class, or of none."""

LANES = ("annotated", "predicted", "macro, blink")
LANE_HEIGHT = 0.7
"""Height of an interval's bar, in lanes."""


@dataclass(frozen=True)
class Timeline:
    """Everything that is drawn of one video; curves in sub-sampled frames.

    Attributes:
        score: spotting score (T,), in [0, 1].
        smoothed: the smoothed score (T,) in which peaks are sought.
        threshold: least height of a peak.
        probabilities: class probabilities (T, E + 1).
        predictions: rows of the predictions table of this video, own frame numbers.
    """

    recording: Recording
    score: NDArray[np.float64]
    smoothed: NDArray[np.float64]
    threshold: float
    probabilities: NDArray[np.float64]
    predictions: pd.DataFrame


def save_timeline(timeline: Timeline, path: Path) -> None:
    """Draw a timeline as a PNG file."""
    buffer = io.BytesIO()
    draw_timeline(timeline).savefig(buffer, format="png", dpi=110)
    write_atomic(path, buffer.getvalue())


def draw_timeline(timeline: Timeline) -> Figure:
    """Draw a timeline; own frame numbers below, seconds above."""
    figure = Figure(figsize=(12, 6), layout="constrained")
    grid = {"height_ratios": (3, 3, 2)}
    score, classes, lanes = figure.subplots(3, 1, sharex=True, gridspec_kw=grid)
    recording = timeline.recording
    figure.suptitle(f"{recording.subject} / {recording.video}")
    _draw_score(score, timeline)
    _draw_probabilities(classes, timeline)
    _draw_lanes(lanes, timeline)
    _add_seconds(score, recording)
    lanes.set_xlabel("frame number")
    return figure


def _numbers(recording: Recording, frames: int) -> NDArray[np.float64]:
    """Own frame numbers of the first `frames` sub-sampled frames."""
    first, skip = recording.timebase.first, recording.timebase.skip
    return np.arange(frames, dtype=np.float64) * skip + first


def _draw_score(axes: Axes, timeline: Timeline) -> None:
    x = _numbers(timeline.recording, len(timeline.score))
    axes.plot(x, timeline.score, color="#BBBBBB", linewidth=1, label="score")
    axes.plot(x, timeline.smoothed, color="black", linewidth=1.5, label="smoothed")
    axes.axhline(timeline.threshold, color="black", linestyle="--", linewidth=1, label="threshold")
    for expression in timeline.recording.micro:
        color = COLORS.get(_name(expression), UNKNOWN)
        axes.axvspan(expression.onset, expression.offset, color=color, alpha=0.25, linewidth=0)
    axes.set(ylabel="spotting", ylim=(0, None), xlim=(x[0], x[-1]))
    _put_legend(axes)


def _draw_probabilities(axes: Axes, timeline: Timeline) -> None:
    x = _numbers(timeline.recording, len(timeline.probabilities))
    for name, curve in zip((*EMOTIONS, NEUTRAL), timeline.probabilities.T, strict=True):
        axes.plot(x, curve, color=COLORS[name], linewidth=1.3, label=name)
    axes.set(ylabel="probability", ylim=(0, 1))
    _put_legend(axes)


def _put_legend(axes: Axes) -> None:
    """Beside the curves: inside it would hide some."""
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize="small", frameon=False)


def _draw_lanes(axes: Axes, timeline: Timeline) -> None:
    micro = [(e.onset, e.offset, _name(e)) for e in timeline.recording.micro]
    rows = timeline.predictions[["onset", "offset", "emotion"]]
    predicted = [(int(on), int(off), str(name)) for on, off, name in rows.to_numpy()]
    for lane, intervals in ((0, micro), (1, predicted)):
        _draw_bars(axes, lane, intervals)
    for kind, color in DISTRACTORS.items():
        for e in timeline.recording.expressions:
            if e.kind == kind:
                axes.barh(2, e.offset - e.onset + 1, LANE_HEIGHT, left=e.onset, color=color)
                axes.text((e.onset + e.offset) / 2, 2, kind, ha="center", va="center", size=7)
    axes.set_yticks(range(len(LANES)), LANES)
    axes.set_ylim(len(LANES) - 0.5, -0.5)


def _name(expression: Expression) -> str:
    """Emotion of an annotation; the table's own word, marked, where it belongs to no class."""
    return expression.emotion or f"?{expression.label}"


def _draw_bars(axes: Axes, lane: int, intervals: Sequence[tuple[int, int, str]]) -> None:
    for onset, offset, name in intervals:
        axes.barh(
            lane, offset - onset + 1, LANE_HEIGHT, left=onset, color=COLORS.get(name, UNKNOWN)
        )
        # The name stands beside the color: nobody has to tell the colors apart.
        middle = (onset + offset) / 2
        axes.text(middle, lane, name[:3], ha="center", va="center", size=8, color="white")


def _add_seconds(axes: Axes, recording: Recording) -> None:
    first, fps = recording.timebase.first, recording.timebase.fps

    def to_seconds(number: Any) -> Any:  # noqa: ANN401 - whatever matplotlib passes
        return (number - first) / fps

    def to_number(seconds: Any) -> Any:  # noqa: ANN401 - whatever matplotlib passes
        return seconds * fps + first

    axis = axes.secondary_xaxis("top", functions=(to_seconds, to_number))
    axis.set_xlabel("seconds")
