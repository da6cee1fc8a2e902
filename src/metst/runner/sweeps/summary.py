"""What the trials of a sweep came to: `sweep.json`, `sweep.md` and a picture, `sweep.svg`."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from matplotlib.figure import Figure

from metst.base.files import write_atomic
from metst.runner.sweeps.file import ERRORS, SweepFile
from metst.runner.sweeps.folder import Record, SweepFolder
from metst.runner.sweeps.scores import MAIN
from metst.runner.sweeps.selection import Selected, selections

SHOWN = (MAIN, "strict/spotting/f1", "strict/recognition/f1")
"""Scores in the table; the sweep's metric is another column where it is none of them."""


def write_summary(sweep: SweepFile, folder: SweepFolder) -> str:
    """Write the three files for the trials that are there; returns the Markdown."""
    records = folder.records()
    trials = sorted(records, key=lambda r: _order(r, sweep.metric))
    choices = selections(folder, records)
    text = _markdown(folder.path.name, sweep, trials, choices)
    content = {
        "name": folder.path.name,
        "file": sweep.content,
        "trials": [asdict(r) for r in trials],
        "selections": [asdict(choice) for choice in choices],
    }
    write_atomic(folder.path / "sweep.json", (json.dumps(content, indent=1) + "\n").encode())
    write_atomic(folder.path / "sweep.md", text.encode())
    if done := [r for r in trials if r.state == "done"]:
        _draw(sweep, done).savefig(folder.path / "sweep.svg", metadata={"Date": None})
    return text


def _order(record: Record, metric: str) -> tuple[int, float, int]:
    """The best first; then those given up, then those that failed."""
    group = ("done", "stopped", "failed").index(record.state)
    score = record.scores.get(metric, float("-inf"))
    return group, score if metric.endswith(ERRORS) else -score, record.number


def _markdown(
    name: str, sweep: SweepFile, trials: Sequence[Record], choices: Sequence[Selected]
) -> str:
    scores = list(dict.fromkeys([*SHOWN, sweep.metric]))
    varied = [p.name for p in sweep.parameters]
    rows = [_row(record, scores, varied) for record in trials]
    chosen = [[c.way, _score(c.strs, c.low, c.high), len(set(c.chosen.values()))] for c in choices]
    parts = [
        f"# Sweep {name}",
        _table(["trial", *scores, *varied, "folds"], rows),
        "![score against each setting](sweep.svg)",
        "## Choosing a trial",
        _table(["choice", f"{MAIN} (95 % interval)", "trials chosen"], chosen),
    ]
    if len(choices) > 1:  # the last one is the most honest that there is
        gap = choices[0].strs - choices[-1].strs
        reason = "the best trial was chosen by the same subjects that test it"
        parts.append(f"{choices[0].way} minus {choices[-1].way}: {gap:+.3f}; {reason}.")
    return "\n\n".join(parts) + "\n"


def _row(record: Record, scores: Sequence[str], varied: Sequence[str]) -> list[object]:
    cells: list[object] = [""] * len(scores)
    folds = f"{len(record.folds)} of {record.subjects}"
    if record.state == "done":
        cells = [_score(record.scores.get(name)) for name in scores]
        cells[0] = _score(record.scores[MAIN], *record.interval)
    elif record.state == "stopped":
        rule = f"{MAIN} {record.scores[MAIN]:.3f}, the best {record.stop['best']:.3f}"
        folds = f"{folds}, given up: {rule}"
    else:
        folds = f"failed: {record.error}"
    settings = [record.settings.get(name, "") for name in varied]
    return [record.digest, *cells, *settings, folds]


def _score(value: float | None, low: float | None = None, high: float | None = None) -> str:
    interval = "" if low is None or high is None else f" ({low:.3f}-{high:.3f})"
    return "-" if value is None else f"{value:.3f}{interval}"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(value: object) -> str:
    text = f"{value:.3g}" if isinstance(value, float) else str(value)
    return " ".join(text.split()).replace("|", "/")


def _draw(sweep: SweepFile, done: Sequence[Record]) -> Figure:
    """The metric of each trial against each of its settings, a panel per setting."""
    count = len(sweep.parameters)
    figure = Figure(figsize=(max(4.0, 2.2 * count), 3), layout="constrained")
    panels = figure.subplots(1, count, sharey=True, squeeze=False)[0]
    scores = [r.scores.get(sweep.metric, float("nan")) for r in done]
    for panel, parameter in zip(panels, sweep.parameters, strict=True):
        values = [r.settings.get(parameter.name) for r in done]
        if listed := [str(value) for value in parameter.values]:  # in the order of the file
            panel.set_xticks(range(len(listed)), listed)
            values = [listed.index(str(v)) if str(v) in listed else None for v in values]
        points = [float("nan") if value is None else value for value in values]
        panel.scatter(points, scores)
        panel.set_xlabel(parameter.name)
        if "log" in parameter.distribution:
            panel.set_xscale("log")
            panel.xaxis.set_major_formatter("{x:g}")  # no formulas, for which fonts may be missing
            panel.xaxis.set_minor_formatter("")
    panels[0].set_ylabel(sweep.metric)
    return figure
