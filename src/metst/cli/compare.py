"""`metst compare RUN_A RUN_B`: is one better than the other? Paired by subject."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from jsonargparse import ArgumentParser
from rich.table import Table

from metst.base.terminal import grid
from metst.cli._source import Source, add_judging, show_findings, source_of
from metst.cli._tables import console, print_json
from metst.results.annotations import read_annotations
from metst.results.pair import Pair
from metst.results.summary import UNDEFINED
from metst.runner.arguments import parse
from metst.scoring.compare import Comparison, PairedScore
from metst.scoring.evaluation import check_same_annotations, check_same_rules, compare_tables
from metst.scoring.pooling import protocols_of
from metst.scoring.power import ALPHA, POWER
from metst.scoring.protocols import PROTOCOLS

_CAPTION = (
    "[95 %]: over draws of subjects; "
    f"smallest visible: true difference that gives p < {ALPHA} with probability {POWER}; "
    "needed: subjects it takes to see the difference found here, where these are too few"
)


def run(arguments: Sequence[str]) -> int:
    """Compare the scores of two systems; 1 if something is left out or does not fit."""
    config = parse(_parser(), arguments)
    first, second = _alike(*(source_of(place, config) for place in (config.first, config.second)))
    if first.annotations != second.annotations:
        places = first.annotations, second.annotations
        one, other = ((place.parent, read_annotations(place)) for place in places)
        check_same_annotations(one, other)
    a, b = first.read(), second.read()
    found = _compare((first, a), (second, b), config.protocol)
    findings, _ = first.findings(a, [config.protocol], config.suppress)
    findings += second.findings(b, [], config.suppress)[0]  # the annotations are the same
    if config.json:
        print_json(found.as_dict() | {"findings": [f.to_json() for f in findings]})
    else:
        console().print(_table(found, config.first.name, config.second.name))
        show_findings(findings)
    return 1 if findings else 0


def _alike(first: Source, second: Source) -> tuple[Source, Source]:
    """Both with the same rules; a table by itself is judged as the run beside it."""
    if first.run and second.run:
        check_same_rules([(first.run.path, first.how), (second.run.path, second.how)])
        return first, second
    if second.run:
        return replace(first, how=second.how), second
    return first, replace(second, how=first.how, annotations=first.annotations)


def _compare(one: tuple[Source, Pair], other: tuple[Source, Pair], protocol: str) -> Comparison:
    """Spotting alone where one of them names no emotions."""
    (first, a), (second, b) = one, other
    alone = next((pair for pair in (a, b) if not pair.emotions), None)
    emotions = () if alone else tuple(dict.fromkeys((*a.emotions, *b.emotions)))
    recordings = {(r.subject, r.video): r for pair in (b, a, alone or a) for r in pair.recordings}
    listed = list(recordings.values())
    analyzed = (first.how.analyzed or None) if emotions else None
    return compare_tables(
        a.predictions,
        b.predictions,
        listed,
        protocols_of(listed, first.how.iou, analyzed, emotions)[protocol],
        variants=(first.how.variant, second.how.variant),
        folds=(first.folds, second.folds),
    )


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="metst compare", exit_on_error=False, allow_abbrev=False)
    parser.add_argument("first", type=Path, help="run folder or predictions table")
    parser.add_argument("second", type=Path, help="the same of the other system")
    parser.add_argument("--labels", type=Path | None, help="annotations; default: beside the first")
    parser.add_argument("--protocol", choices=PROTOCOLS, default="strict")
    add_judging(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")
    return parser


def _table(found: Comparison, first: str, second: str) -> Table:
    how = "exact permutation test" if found.exact else "permutation test"
    missing = [
        f"only in {name}: {', '.join(subjects)}"
        for name, subjects in ((first, found.only_first), (second, found.only_second))
        if subjects
    ]
    paired = f"{len(found.subjects)} subjects, paired; p: two-sided {how}"
    table = grid("; ".join([paired, *missing]), caption=_CAPTION)
    test = "difference\n[95 %]", "p", "wins", "losses", "ties", "smallest\nvisible", "needed"
    columns = ("", first, second, *test)
    for column in columns:
        numbers = column not in (first, second)
        table.add_column(
            column,
            justify="right" if column else "left",
            no_wrap=numbers,
            overflow="fold",
            min_width=5,
        )
    for name, d in found.scores.items():
        a, b, visible = (
            UNDEFINED if x is None or math.isnan(x) else f"{x:.3f}"
            for x in (d.first, d.second, d.visible)
        )
        p = UNDEFINED if d.p is None else f"{d.p:.4f}"
        needed = "" if d.needed is None else str(d.needed)
        counts = map(str, (d.wins, d.losses, d.ties))
        table.add_row(name, a, b, _difference(d), p, *counts, visible, needed)
    return table


def _difference(d: PairedScore) -> str:
    """The difference and, below it, its interval of confidence."""
    if d.interval is None:
        return UNDEFINED
    low, high = d.interval
    return f"{d.second - d.first:+.3f}\n[{low:.3f}, {high:.3f}]"
