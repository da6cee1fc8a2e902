"""Trials as lines over parallel axes: what good ones have in common."""

import io
from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from metst.runner.sweeps.folder import Record
from metst.runner.sweeps.outcome import Outcome
from metst.runner.sweeps.parameters import Parameter

_MARGIN = 0.04
"""Room above and below the ends of an axis, in lengths of it."""

_STEPS = 5  # labels on an axis of numbers
_GRAY = "#9a9a9a"


class Axis:
    """One vertical axis: where values lie on it, from 0 to 1, and what is written beside it.

    Args:
        name: above it.
        values: that lie on it.
        logarithmic: numbers are spread over orders of magnitude.
        listed: values of a list, one beside the other, in its order.
    """

    def __init__(
        self,
        name: str,
        values: Sequence[object],
        *,
        logarithmic: bool = False,
        listed: Sequence[object] = (),
    ) -> None:
        self.name = name
        self.listed = list(listed)
        self._logarithmic = logarithmic
        if not listed:
            scaled = [self._scaled(value) for value in values]
            self._low, self._high = min(scaled), max(scaled)

    def place(self, value: object) -> float:
        """Height of a value."""
        if self.listed:
            return self._spread(self.listed.index(value), len(self.listed) - 1)
        return self._spread(self._scaled(value) - self._low, self._high - self._low)

    def labels(self) -> list[tuple[float, str]]:
        """Heights and texts of its labels."""
        if self.listed:
            return [(self.place(value), str(value)) for value in self.listed]
        steps = (
            np.linspace(self._low, self._high, _STEPS) if self._high > self._low else [self._low]
        )
        values = [float(np.exp(x)) if self._logarithmic else float(x) for x in steps]
        return [(self.place(value), f"{value:.3g}") for value in values]

    def _scaled(self, value: object) -> float:
        number = float(value)  # type: ignore[arg-type]  # what a distribution drew
        return float(np.log(number)) if self._logarithmic else number

    @staticmethod
    def _spread(part: float, whole: float) -> float:
        inner = part / whole if whole else 0.5
        return _MARGIN + inner * (1 - 2 * _MARGIN)


def parallel_coordinates(told: Outcome) -> str:
    """SVG of the trials; empty where none was judged on all folds.

    Complete trials end at their score, in its color; those that were given up are dashed and end
    at the last setting.
    """
    done = [r for r in told.trials if r.state == "done" and told.sweep.metric in r.scores]
    stopped = [r for r in told.trials if r.state == "stopped"]
    if not done:
        return ""
    settings = [_axis(p, [*done, *stopped]) for p in told.sweep.parameters]
    scores = [r.scores[told.sweep.metric] for r in done]
    result = Axis(told.sweep.metric, scores)
    figure = Figure(figsize=(max(7.0, 1.5 * (len(settings) + 1)), 4.2), layout="constrained")
    axes = figure.add_subplot()
    for record in stopped:
        axes.plot(_heights(record, settings), color=_GRAY, linewidth=1, linestyle="--")
    for record, score in sorted(zip(done, scores, strict=True), key=lambda pair: pair[1]):
        place = result.place(score)
        color = colormaps["viridis_r"](0.1 + 0.9 * place)
        width = 1.2 + 1.6 * place
        axes.plot([*_heights(record, settings), place], color=color, linewidth=width, alpha=0.9)
    _draw_axes(axes, [*settings, result])
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def _heights(record: Record, axes: Sequence[Axis]) -> list[float]:
    return [axis.place(record.settings[axis.name]) for axis in axes]


def _axis(parameter: Parameter, records: Sequence[Record]) -> Axis:
    values = [r.settings[parameter.name] for r in records]
    known = [*parameter.values, *(v for v in values if v not in parameter.values)]
    listed = list(dict.fromkeys(known)) if parameter.values else []
    return Axis(parameter.name, values, logarithmic=parameter.logarithmic, listed=listed)


def _draw_axes(axes: Axes, drawn: Sequence[Axis]) -> None:
    for x, axis in enumerate(drawn):
        axes.axvline(x, color="#333333", linewidth=0.8)
        for height, text in axis.labels():
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.75}
            axes.text(x + 0.03, height, text, fontsize=8, va="center", bbox=box)
    axes.set_xticks(range(len(drawn)), [axis.name for axis in drawn], fontsize=8)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set(yticks=[], ylim=(0, 1), xlim=(-0.15, len(drawn) - 0.55))
    for side in axes.spines.values():
        side.set_visible(False)
