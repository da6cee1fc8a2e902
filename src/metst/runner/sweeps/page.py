"""`sweep.html`: the trials of a sweep as tables that can be sorted, and as points in charts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from metst import __version__
from metst.report.axes import Axis, Tick, axis, log_axis
from metst.report.html import asset, templates
from metst.runner.sweeps.file import SweepFile
from metst.runner.sweeps.folder import Record
from metst.runner.sweeps.parameters import Parameter

Table = list[list[str]]
"""Rows of texts, the heading first."""


@dataclass(frozen=True)
class Point:
    """A complete trial in a chart, both places from 0 to 1."""

    trial: str
    x: float
    y: float
    title: str


@dataclass(frozen=True)
class Panel:
    """The metric over one setting."""

    name: str
    ticks: Sequence[Tick]
    points: Sequence[Point]


def render(
    name: str, sweep: SweepFile, trials: Sequence[Record], tables: Mapping[str, Table], note: str
) -> str:
    """The page as text.

    Args:
        name: of the sweep's folder.
        sweep: the file.
        trials: that have ended, in the order of the table.
        tables: `rows` of the trials, and `choices`.
        note: about the choices.
    """
    done = [r for r in trials if sweep.metric in r.scores and r.state == "done"]
    scores = [r.scores[sweep.metric] for r in done]
    values = axis(min(scores), max(scores)) if done else axis(0, 1)
    return (
        templates("metst.report")
        .get_template("sweep.html")
        .render(
            title=f"Sweep {name}",
            metric=sweep.metric,
            goal=sweep.goal,
            trials=trials,
            complete=len(done),
            panels=[_panel(p, sweep.metric, done, values) for p in sweep.parameters if done],
            values=values,
            **tables,
            note=note,
            version=__version__,
            styles=[asset("page.css")],
            scripts=[asset("tables.js"), asset("sweep.js")],
        )
    )


def _panel(parameter: Parameter, metric: str, done: Sequence[Record], values: Axis) -> Panel:
    settings = {r.digest: r.settings.get(parameter.name) for r in done}
    if listed := [str(value) for value in parameter.values]:  # in the order of the file
        ticks = [((i + 0.5) / len(listed), text) for i, text in enumerate(listed)]
        known = {text: at for at, text in ticks}
        places = {d: known[str(v)] for d, v in settings.items() if str(v) in known}
    else:
        numbers = {d: float(v) for d, v in settings.items() if v is not None}
        ends = min(numbers.values(), default=1), max(numbers.values(), default=10)
        scale = log_axis(*ends) if "log" in parameter.distribution and ends[0] > 0 else axis(*ends)
        ticks = list(scale.ticks)
        places = {d: scale.place(number) for d, number in numbers.items()}
    points = [
        Point(
            r.digest, places[r.digest], values.place(r.scores[metric]), _title(r, parameter, metric)
        )
        for r in done
        if r.digest in places
    ]
    return Panel(parameter.name, ticks, points)


def _title(record: Record, parameter: Parameter, metric: str) -> str:
    value = record.settings[parameter.name]
    shown = f"{value:.3g}" if isinstance(value, float) else value
    return f"{record.digest}: {metric} {record.scores[metric]:.3f}, {parameter.name} {shown}"
