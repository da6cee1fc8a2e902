"""What a sweep came to, as plain values, and as text."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from metst.runner.sweeps.file import ERRORS, SweepFile
from metst.runner.sweeps.folder import Record, SweepFolder
from metst.runner.sweeps.scores import JUDGED
from metst.runner.sweeps.selection import Selected, selections, unfinished

F1_SPOTTING, F1_RECOGNITION = "strict/spotting/f1", "strict/recognition/f1"


@dataclass(frozen=True)
class Outcome:
    """Everything that is told of a sweep.

    Attributes:
        varied: names of the settings that the sweep varies.
        trials: the best first; then those given up, then those that failed.
        unfinished: what nested selection lacks, see `metst.runner.sweeps.selection.unfinished`.
    """

    name: str
    sweep: SweepFile
    varied: tuple[str, ...]
    trials: tuple[Record, ...]
    selections: tuple[Selected, ...]
    unfinished: tuple[int, int] | None

    @property
    def optimism(self) -> float | None:
        """By how much the best score lies above that of the most honest choice there is."""
        if len(self.selections) < 2:
            return None
        return self.selections[0].strs - self.selections[-1].strs


def outcome(sweep: SweepFile, folder: SweepFolder) -> Outcome:
    """What the trials in a folder came to."""
    records = folder.records()
    return Outcome(
        folder.path.name,
        sweep,
        tuple(p.name for p in sweep.parameters),
        tuple(sorted(records, key=lambda r: _order(r, sweep.metric))),
        tuple(selections(folder, records)),
        unfinished(folder, records),
    )


def _order(record: Record, metric: str) -> tuple[int, float, int]:
    group = ("done", "stopped", "failed").index(record.state)
    score = record.scores.get(metric, float("-inf"))
    return group, score if metric.endswith(ERRORS) else -score, record.number


def as_dict(told: Outcome) -> dict[str, Any]:
    """Plain values for JSON."""
    return {
        "name": told.name,
        "file": told.sweep.told,
        "trials": [{**asdict(r), "settings": _varied(told, r)} for r in told.trials],
        "selections": [asdict(choice) for choice in told.selections],
    }


def row(told: Outcome, record: Record) -> list[str]:
    """A trial as cells under `headings`."""
    settings = [_number(value) for value in _varied(told, record).values()]
    scores = _scores(told, record) if record.state == "done" else [""] * (len(_shown(told)) + 1)
    return [record.digest, *scores, *settings, _state(record)]


def headings(told: Outcome) -> list[str]:
    """Headings of the table of trials."""
    scores = ["STRS strict (95 %)", *_other_metric(told), "F1 spotting", "F1 recognition"]
    return ["trial", *scores, *told.varied, "folds"]


def tables(told: Outcome) -> list[tuple[str, list[str], list[list[str]]]]:
    """Title, headings and rows of each table."""
    chosen = [[s.way, score(s), str(len(set(s.chosen.values())))] for s in told.selections]
    return [
        (f"Sweep {told.name}", headings(told), [row(told, record) for record in told.trials]),
        ("Choosing a trial", ["choice", "STRS strict (95 %)", "trials chosen"], chosen),
    ]


def markdown(told: Outcome) -> str:
    """Tables as GitHub shows them."""
    trials, chosen = (_table(head, rows) for _, head, rows in tables(told))
    return f"# Sweep {told.name}\n\n{trials}\n\n## Choosing a trial\n\n{chosen}\n\n{gap(told)}\n"


def gap(told: Outcome) -> str:
    """The difference between the best score and an honest one, in words."""
    if told.optimism is None:
        return "Nothing to compare the best score with: fewer than two ways to choose."
    best, honest = told.selections[0].way, told.selections[-1].way
    why = "the best trial was chosen by the very subjects it is judged on"
    said = f"{best} minus {honest}: {told.optimism:+.3f}; {why}."
    if told.unfinished is None:
        return said
    there, needed = told.unfinished
    return f"{said} Nested selection has {there} of {needed} trials: --nested goes on with it."


def score(choice: Selected) -> str:
    """A choice's score with its interval."""
    if choice.low is None or choice.high is None:
        return f"{choice.strs:.3f}"
    return f"{choice.strs:.3f} ({choice.low:.3f}-{choice.high:.3f})"


def _varied(told: Outcome, record: Record) -> dict[str, Any]:
    return {name: record.settings.get(name, "as configured") for name in told.varied}


def _other_metric(told: Outcome) -> list[str]:
    """The sweep's metric, where it is none of those that are shown anyway."""
    shown = (JUDGED, F1_SPOTTING, F1_RECOGNITION)
    return [] if told.sweep.metric in shown else [told.sweep.metric]


def _shown(told: Outcome) -> list[str]:
    """Scores beside STRS."""
    return [*_other_metric(told), F1_SPOTTING, F1_RECOGNITION]


def _scores(told: Outcome, record: Record) -> list[str]:
    low, high = record.interval
    strs = f"{record.scores[JUDGED]:.3f}" + (f" ({low:.3f}-{high:.3f})" if low is not None else "")
    values = (record.scores.get(name) for name in _shown(told))
    return [strs, *("-" if value is None else f"{value:.3f}" for value in values)]


def _state(record: Record) -> str:
    """Which folds were judged, and why not all."""
    if record.state == "failed":
        return f"failed: {record.error}"
    judged = f"{len(record.folds)} of {record.subjects}"
    if record.state == "done":
        return judged
    best = f"the best {record.stop['best']:.3f}"
    return f"{judged}, given up: STRS {record.scores[JUDGED]:.3f} there, {best}"


def _number(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "/")
