"""The timeline of one video: score, class probabilities and intervals (as in ME-TST, Fig. 4)."""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metst.base.files import write_atomic
from metst.datasets.labels import EMOTIONS, NEUTRAL, Expression, Kind, Recording

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_KNOWN = dict(
    zip((*EMOTIONS, NEUTRAL), ("#D55E00", "#009E73", "#0072B2", "#CC79A7", "#999999"), strict=True)
)
_OTHERS = ("#332288", "#117733", "#882255", "#44AA99", "#AA4499", "#DDCC77", "#661100")
"""Colors that color-blind people can distinguish (Okabe and Ito, 2008; Tol, 2021), by emotion, and
for classes of other names."""

DISTRACTORS: dict[Kind, str] = {"macro": "#E69F00", "blink": "#56B4E9"}

UNKNOWN = "#7A5C3E"
"""Color of an annotated emotion that belongs to no class, or of none."""

LANES = ("annotated", "predicted", "macro, blink")
AXES_WIDTH, NAME_WIDTH, NAME_HEIGHT, WORDS_WIDTH = 10.0, 0.3, 0.12, 0.9
"""Inches: width of the axes, size of a name in a bar, width of `not analyzed`."""
LANE_HEIGHT = 0.7
"""Height of an interval's bar, in lanes."""

_NAME: dict[str, Any] = {"ha": "center", "va": "center", "clip_on": True}
"""Names on bars; of an interval beyond the video's end nothing is drawn, nor room made for it."""


@dataclass(frozen=True)
class Timeline:
    """Everything that is drawn of one video; curves in sub-sampled frames.

    Attributes:
        score: spotting score (T,), in [0, 1].
        smoothed: the smoothed score (T,) in which peaks are sought.
        threshold: least height of a peak.
        probabilities: class probabilities (T, E + 1); None of a system that names no emotions.
        predictions: rows of the predictions table of this video, own frame numbers.
        emotions: names of the classes, without neutral.
        cuts: sub-sampled frames that begin a new shot.
        analyzed: sub-sampled frames (T,) that were analyzed; None: all.
        annotated: whether the video is part of a data set with annotations.
    """

    recording: Recording
    score: NDArray[np.float64]
    smoothed: NDArray[np.float64]
    threshold: float
    probabilities: NDArray[np.float64] | None
    predictions: pd.DataFrame
    emotions: tuple[str, ...]
    cuts: tuple[int, ...] = ()
    analyzed: NDArray[np.bool_] | None = None
    annotated: bool = True

    def color(self, emotion: str) -> str:
        """Color of an emotion; one for all that belong to no class."""
        return emotion_colors(self.emotions).get(emotion, UNKNOWN)


def emotion_colors(emotions: Sequence[str]) -> dict[str, str]:
    """Color of each class and of neutral, the same for the same classes."""
    others = iter(_OTHERS * (1 + len(emotions) // len(_OTHERS)))
    return {name: _KNOWN.get(name) or next(others) for name in (*emotions, NEUTRAL)}


def save_timeline(timeline: Timeline, path: Path) -> None:
    """Draw a timeline as a PNG file."""
    write_atomic(path, as_png(draw_timeline(timeline)))


def as_png(figure: "Figure") -> bytes:
    """A picture of a figure; characters that its font lacks come out as boxes."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from")
        figure.savefig(buffer, format="png", dpi=110)
    return buffer.getvalue()


def draw_timeline(timeline: Timeline) -> "Figure":
    """Draw a timeline; own frame numbers below, seconds above."""
    from matplotlib.figure import Figure  # the report reads timelines, and draws them itself

    figure = Figure(figsize=(12, 6), layout="constrained")
    grid = {"height_ratios": (3, 3, 2 if timeline.annotated else 1)}
    score, classes, lanes = figure.subplots(3, 1, sharex=True, gridspec_kw=grid)
    recording = timeline.recording
    title = f"{recording.subject} / {recording.video}"
    shown = "".join(x if x.isprintable() else "?" for x in title)
    figure.suptitle(shown, parse_math=False)
    _draw_score(score, timeline)
    _draw_probabilities(classes, timeline)
    _draw_lanes(lanes, timeline)
    for axes in (score, classes, lanes):
        _draw_shots(axes, timeline)
    _name_blanks(score, timeline)
    _add_seconds(score, recording)
    lanes.set_xlabel("frame number")
    return figure


def _numbers(recording: Recording, frames: int) -> NDArray[np.float64]:
    """Own frame numbers of the first `frames` sub-sampled frames."""
    first, skip = recording.timebase.first, recording.timebase.skip
    return np.arange(frames, dtype=np.float64) * skip + first


def _draw_score(axes: "Axes", timeline: Timeline) -> None:
    x = _numbers(timeline.recording, len(timeline.score))
    score, smoothed = (_shown(curve, timeline) for curve in (timeline.score, timeline.smoothed))
    axes.plot(x, score, color="#BBBBBB", linewidth=1, label="score")
    axes.plot(x, smoothed, color="black", linewidth=1.5, label="smoothed")
    axes.axhline(timeline.threshold, color="black", linestyle="--", linewidth=1, label="threshold")
    for expression in timeline.recording.micro:
        color = timeline.color(_name(expression))
        axes.axvspan(expression.onset, expression.offset, color=color, alpha=0.25, linewidth=0)
    # Not the ends of the curve: what the released rules stitch may be empty.
    first, *_, last = _numbers(timeline.recording, max(2, timeline.recording.frames))
    axes.set(ylabel="spotting", ylim=(0, None), xlim=(first, last))
    _put_legend(axes)


def _draw_probabilities(axes: "Axes", timeline: Timeline) -> None:
    axes.set(ylabel="probability", ylim=(0, 1))
    if timeline.probabilities is None:
        axes.set_visible(False)
        return
    x = _numbers(timeline.recording, len(timeline.probabilities))
    for name, curve in zip((*timeline.emotions, NEUTRAL), timeline.probabilities.T, strict=True):
        axes.plot(x, _shown(curve, timeline), color=timeline.color(name), linewidth=1.3, label=name)
    _put_legend(axes)


def _shown(curve: NDArray[np.float64], timeline: Timeline) -> NDArray[np.float64]:
    """A curve (T,) without the frames that were not analyzed."""
    return curve if timeline.analyzed is None else np.where(timeline.analyzed, curve, np.nan)


def _draw_shots(axes: "Axes", timeline: Timeline) -> None:
    """Cuts as lines; what was not analyzed is hatched."""
    first, skip = timeline.recording.timebase.first, timeline.recording.timebase.skip
    for cut in timeline.cuts:
        axes.axvline((cut - 0.5) * skip + first, color="black", linestyle=":", linewidth=1)
    for begin, end in _blanks(timeline):
        axes.axvspan(begin, end, facecolor="none", edgecolor="#BBBBBB", hatch="///", linewidth=0)


def _name_blanks(axes: "Axes", timeline: Timeline) -> None:
    for begin, end in _blanks(timeline):
        width = _inches(axes, end - begin)
        if width > NAME_HEIGHT:
            turn = 0 if width > WORDS_WIDTH else 90
            place = (begin + end) / 2, 0.5
            words = axes.text(*place, "not analyzed", size=8, color="#666666", rotation=turn)
            words.set(ha="center", va="center", transform=axes.get_xaxis_transform())


def _blanks(timeline: Timeline) -> list[tuple[float, float]]:
    """Edges of what was not analyzed, in own frame numbers."""
    if timeline.analyzed is None:
        return []
    edges = np.flatnonzero(np.diff(timeline.analyzed, prepend=True, append=True))
    first, skip = timeline.recording.timebase.first, timeline.recording.timebase.skip
    spans = (edges.reshape(-1, 2) - 0.5) * skip + first
    return [(begin, end) for begin, end in spans.tolist()]


def _inches(axes: "Axes", frames: float) -> float:
    """Width on paper, nearly."""
    low, high = axes.get_xlim()
    return AXES_WIDTH * frames / (high - low) if high > low else AXES_WIDTH


def _put_legend(axes: "Axes") -> None:
    """Beside the curves: inside it would hide some."""
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize="small", frameon=False)


def _draw_lanes(axes: "Axes", timeline: Timeline) -> None:
    micro = [(e.onset, e.offset, _name(e)) for e in timeline.recording.micro]
    rows = timeline.predictions[["onset", "offset", "emotion"]]
    predicted = [(int(on), int(off), str(name)) for on, off, name in rows.to_numpy()]
    if not timeline.annotated:
        _draw_bars(axes, 0, predicted, timeline)
        axes.set_yticks([0], ["predicted"])
        axes.set_ylim(0.5, -0.5)
        return
    for lane, intervals in ((0, micro), (1, predicted)):
        _draw_bars(axes, lane, intervals, timeline)
    for kind, color in DISTRACTORS.items():
        for e in timeline.recording.expressions:
            if e.kind == kind:
                axes.barh(2, e.offset - e.onset + 1, LANE_HEIGHT, left=e.onset, color=color)
                axes.text((e.onset + e.offset) / 2, 2, kind, **_NAME, size=7)
    axes.set_yticks(range(len(LANES)), LANES)
    axes.set_ylim(len(LANES) - 0.5, -0.5)


def _name(expression: Expression) -> str:
    """Emotion of an annotation; the table's own word, marked, where it belongs to no class."""
    return expression.emotion or f"?{expression.label}"


def _draw_bars(
    axes: "Axes", lane: int, intervals: Sequence[tuple[int, int, str]], timeline: Timeline
) -> None:
    for onset, offset, name in intervals:
        color = timeline.color(name)
        bar = axes.barh(lane, offset - onset + 1, LANE_HEIGHT, left=onset, color=color)
        bar.patches[0].set_edgecolor("white")
        # The name stands beside the color: nobody has to distinguish the colors.
        middle = (onset + offset) / 2
        width = _inches(axes, offset - onset + 1)
        if width > NAME_HEIGHT:  # turned where it would run into the next one's name
            turn = 0 if width > NAME_WIDTH else 90
            text = axes.text(middle, lane, name[:3], size=8, color="white", rotation=turn)
            text.set(**_NAME)


def _add_seconds(axes: "Axes", recording: Recording) -> None:
    first, fps = recording.timebase.first, recording.timebase.fps

    def to_seconds(number: Any) -> Any:  # noqa: ANN401 - whatever matplotlib passes
        return (number - first) / fps

    def to_number(seconds: Any) -> Any:  # noqa: ANN401 - whatever matplotlib passes
        return seconds * fps + first

    axis = axes.secondary_xaxis("top", functions=(to_seconds, to_number))
    axis.set_xlabel("seconds")
