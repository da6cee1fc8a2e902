"""The page that compares many systems on one data set, as one HTML file that needs nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from metst import __version__
from metst.datasets.labels.records import Expression
from metst.datasets.labels.strict import strict_samples
from metst.report.html import asset, compare_runs, templates
from metst.report.numbers import Numbers
from metst.report.scored import Scored
from metst.results.layouts import LAYOUTS
from metst.results.run import Run
from metst.results.systems import ADAPTED, Entry, scores_of
from metst.results.table import Table, text_of
from metst.scoring.compare import Comparison, holm
from metst.systems.size import Size

DOTS = {"strs": ("analysis", "STRS"), "f1": ("spotting", "F1 of spotting")}
"""Scores of the plots: layout whose first column they are, and title."""

Place = tuple[str, str, int, int]
"""Subject, video, onset and offset of a micro-expression."""


@dataclass(frozen=True)
class Compared:
    """A system on the page.

    Attributes:
        entry: its run, if there is one.
        size: of its network.
        epochs: that it trains; 0 without training.
    """

    entry: Entry
    size: Size
    epochs: int


def write_comparison(
    data_set: str, systems: Sequence[Compared], against: str, tables: Sequence[Table]
) -> str:
    """The page as text.

    Args:
        data_set: its name.
        systems: of one data set, judged by the same rules.
        against: name of the one that the others are tested against.
        tables: that stand on the page, too.
    """
    runs = [one.entry.run for one in systems if one.entry.run is not None]
    entries = [one.entry for one in systems if one.entry.run is not None]
    spotters = _sorted([entry for entry in entries if "spotting" in entry.tables])
    shown = {name: [e for e in entries if name in e.tables] for name, _ in DOTS.values()}
    document: dict[str, Any] = {
        "dots": {name: _dots(shown[layout], layout) for name, (layout, _) in DOTS.items()},
        "tests": {name: _tests(shown[layout], against, name) for name, (layout, _) in DOTS.items()},
        "hits": _hits(spotters),
        "costs": [_costs(one) for one in systems],
    }
    numbers = Numbers(document)
    return (
        templates("metst.report")
        .get_template("systems.html")
        .render(
            title=f"Systems on {data_set}",
            systems=systems,
            adapted_as=ADAPTED,
            runs=runs,
            spotters=spotters,
            against=next(one.entry.title for one in systems if one.entry.name == against),
            tables=tables,
            text_of=text_of,
            dots=DOTS,
            ends={name: _end(document["dots"][name]) for name in DOTS},
            show=numbers.show,
            at=numbers.at,
            numbers=numbers,
            version=__version__,
            styles=[asset("page.css")],
            scripts=[asset("tables.js")],
        )
    )


def _sorted(entries: Sequence[Entry]) -> list[Entry]:
    """From the highest to the lowest F1 of spotting."""
    return sorted(entries, key=lambda e: -(_score(e, "spotting")["value"] or 0.0))


def _score(entry: Entry, layout: str) -> dict[str, Any]:
    """The first score of a layout under `strict`, with its interval."""
    cell = scores_of(entry.run, LAYOUTS[layout], "strict", None)[0]
    found = {"value": cell.mean, "low": cell.low, "high": cell.high}
    return {"title": entry.title, "lack": entry.lack, **found}


def _dots(entries: Sequence[Entry], layout: str) -> list[dict[str, Any]]:
    """Scores of the systems that have them, the highest first."""
    scores = [_score(entry, layout) for entry in entries]
    return sorted((s for s in scores if s["value"] is not None), key=lambda s: -s["value"])


def _end(dots: Sequence[Mapping[str, Any]]) -> float:
    """Where the axis of a plot ends: beyond all scores, at a round number."""
    highest = max((d["high"] or d["value"] for d in dots), default=1.0)
    return next(end for end in (0.1, 0.2, 0.4, 1.0) if highest <= end)


def _tests(entries: Sequence[Entry], against: str, score: str) -> list[dict[str, Any]]:
    """Paired tests of a score of every system against one, with Holm's correction."""
    first = next((e.run for e in entries if e.name == against), None)
    if first is None:
        return []
    others = {e.title: e.run for e in entries if e.name != against and e.run is not None}
    found = {title: _compared(first, run) for title, run in others.items()}
    scores = {title: c.as_dict()["scores"][score] for title, c in found.items()}
    raised = holm({t: s["p"] for t, s in scores.items() if s["p"] is not None})
    return [
        {"title": title, "subjects": len(found[title].subjects), **scores[title], "holm": p}
        for title, p in raised.items()
    ]


@cache  # the page is written again whenever another system is done
def _compared(first: Run, second: Run) -> Comparison:
    return compare_runs(first, second, "strict")


@cache
def _found(run: Run) -> frozenset[Place]:
    """Micro-expressions that a run found, by the `strict` rules."""
    rows = [row for video in Scored(run).outcomes.values() for row in video]
    return frozenset(
        (str(r["subject"]), str(r["video"]), int(r["true_onset"]), int(r["true_offset"]))
        for r in rows
        if r["outcome"] == "found"
    )


def _hits(entries: Sequence[Entry]) -> dict[str, Any]:
    """Which system found which micro-expression, and how many of each subject's.

    None stands for a system that has not tested the subject. What all found, or one alone, is
    counted over the subjects that all have tested.
    """
    runs = [entry.run for entry in entries if entry.run is not None]
    rows = [_hit(e, runs) for e in _annotated(runs)]
    subjects: dict[str, Any] = {}
    for name in dict.fromkeys(row["subject"] for row in rows):
        own = [row for row in rows if row["subject"] == name]
        columns = zip(*(row["found"] for row in own), strict=True)
        each = [None if None in column else sum(column) for column in columns]
        any_of_them = sum(row["count"] > 0 for row in own)
        subjects[name] = {"all": len(own), "each": each, "any": any_of_them}
    common = [row for row in rows if None not in row["found"]]
    return {
        "rows": sorted(rows, key=lambda row: row["count"]),
        "subjects": subjects,
        "union": sum(row["count"] > 0 for row in rows),
        "common": len(common),
        "intersection": sum(row["count"] == len(runs) for row in common),
        "alone": [
            sum(row["found"][i] and row["count"] == 1 for row in common) for i in range(len(runs))
        ],
    }


def _hit(e: Expression, runs: Sequence[Run]) -> dict[str, Any]:
    """Who found a micro-expression."""
    place = (e.subject, e.video, e.onset, e.offset)
    found = [place in _found(run) if e.subject in run.subjects else None for run in runs]
    facts = {"subject": e.subject, "video": e.video, "onset": e.onset, "offset": e.offset}
    return {**facts, "emotion": e.emotion, "found": found, "count": found.count(True)}


def _annotated(runs: Sequence[Run]) -> list[Expression]:
    """What counts under `strict` as a micro-expression of a subject that a run has tested."""
    if not runs:
        return []
    tested = {subject for run in runs for subject in run.subjects}
    _, recordings = runs[0].judgment.of_kind(runs[0].predictions, runs[0].recordings)
    judged = [recording for recording in recordings if recording.subject in tested]
    return [e for recording in judged for e in strict_samples(recording).expressions]


def _costs(one: Compared) -> dict[str, Any]:
    """What a system takes: size, epochs, and the time of its folds as far as they are done."""
    run = one.entry.run
    folds = [run.folder.fold(s).status().seconds for s in run.subjects] if run else []
    return {
        "title": one.entry.title,
        "parameters": one.size.parameters,
        "operations": one.size.operations,
        "per": one.size.per,
        "epochs": one.epochs,
        "seconds": sum(folds) / len(folds) if folds else None,
        "folds": len(folds),
    }
