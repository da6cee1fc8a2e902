"""What the trials of a sweep came to: `sweep.json`, `sweep.md` and a page, `sweep.html`."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from metst.base.files import write_atomic
from metst.runner.sweeps.file import ERRORS, SweepFile
from metst.runner.sweeps.folder import Record, SweepFolder
from metst.runner.sweeps.page import Table, render
from metst.runner.sweeps.scores import MAIN
from metst.runner.sweeps.selection import Selected, selections

SHOWN = (MAIN, "strict/spotting/f1", "strict/recognition/f1")
"""Scores in the table; the sweep's metric is another column where it is none of them."""


def write_summary(sweep: SweepFile, folder: SweepFolder) -> str:
    """Write the three files for the trials that are there; returns the Markdown."""
    records = folder.records()
    trials = sorted(records, key=lambda r: _order(r, sweep.metric))
    choices = selections(folder, records)
    name = folder.path.name
    rows, chosen, note = _trials(sweep, trials), _choices(choices), _gap(choices)
    text = _markdown(name, rows, chosen, note)
    content = {
        "name": name,
        "file": sweep.content,
        "trials": [asdict(r) for r in trials],
        "selections": [asdict(choice) for choice in choices],
    }
    write_atomic(folder.path / "sweep.json", (json.dumps(content, indent=1) + "\n").encode())
    write_atomic(folder.path / "sweep.md", text.encode())
    page = render(name, sweep, trials, {"rows": rows, "choices": chosen}, note)
    write_atomic(folder.path / "sweep.html", page.encode())
    return text


def _order(record: Record, metric: str) -> tuple[int, float, int]:
    """The best first; then those given up, then those that failed."""
    group = ("done", "stopped", "failed").index(record.state)
    score = record.scores.get(metric, float("-inf"))
    return group, score if metric.endswith(ERRORS) else -score, record.number


def _markdown(name: str, rows: Table, chosen: Table, note: str) -> str:
    parts = [
        f"# Sweep {name}",
        _table(rows),
        "[The trials as a page](sweep.html)",
        "## Choosing a trial",
        _table(chosen),
        *([note] if note else []),
    ]
    return "\n\n".join(parts) + "\n"


def _trials(sweep: SweepFile, trials: Sequence[Record]) -> Table:
    scores = list(dict.fromkeys([*SHOWN, sweep.metric]))
    varied = [p.name for p in sweep.parameters]
    rows = [_row(record, scores, varied) for record in trials]
    return [["trial", *scores, *varied, "folds"], *map(_cells, rows)]


def _choices(choices: Sequence[Selected]) -> Table:
    rows = [[c.way, _score(c.strs, c.low, c.high), len(set(c.chosen.values()))] for c in choices]
    return [["choice", f"{MAIN} (95 % interval)", "trials chosen"], *map(_cells, rows)]


def _gap(choices: Sequence[Selected]) -> str:
    """What the optimistic choice gains over the last one, the most honest that there is."""
    if len(choices) < 2:
        return ""
    gap = choices[0].strs - choices[-1].strs
    reason = "the best trial was chosen by the same subjects that test it"
    return f"{choices[0].way} minus {choices[-1].way}: {gap:+.3f}; {reason}."


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


def _table(rows: Table) -> str:
    lines = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join(f"| {' | '.join(c.replace('|', '/') for c in line)} |" for line in lines)


def _cells(row: Sequence[object]) -> list[str]:
    texts = (f"{value:.3g}" if isinstance(value, float) else str(value) for value in row)
    return [" ".join(text.split()) for text in texts]
