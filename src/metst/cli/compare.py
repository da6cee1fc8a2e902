"""`metst compare RUN_A RUN_B`: is one better than the other? Paired by subject."""

from collections.abc import Sequence
from pathlib import Path

from jsonargparse import ArgumentParser
from rich.table import Table

from metst.cli._tables import annotations_of, console, predictions_of, print_json
from metst.loso.arguments import parse
from metst.protocols import SCORINGS, get_scoring
from metst.results import PUBLISHED, Comparison, compare_tables


def run(arguments: Sequence[str]) -> int:
    """Compare the scores of two runs of one data set."""
    parser = ArgumentParser(prog="metst compare", exit_on_error=False, allow_abbrev=False)
    parser.add_argument("first", type=Path, help="run folder or predictions table")
    parser.add_argument("second", type=Path, help="the same of the other system")
    parser.add_argument("--labels", type=Path | None, help="annotations; default: beside the first")
    parser.add_argument("--protocol", choices=SCORINGS, default="strict")
    parser.add_argument("--synergy", type=str, default=PUBLISHED)
    parser.add_argument("--json", action="store_true", help="as JSON")
    config = parse(parser, arguments)
    recordings = annotations_of(config.first, config.labels)
    first, second = (predictions_of(p, recordings) for p in (config.first, config.second))
    scoring = get_scoring(config.protocol)
    found = compare_tables(first, second, recordings, scoring, synergy=config.synergy)
    if config.json:
        print_json(found.as_dict())
    else:
        console().print(_table(found, config.first.name, config.second.name))
    return 0


def _table(found: Comparison, first: str, second: str) -> Table:
    test = "exact permutation test" if found.exact else "permutation test"
    missing = [
        f"only in {name}: {', '.join(subjects)}"
        for name, subjects in ((first, found.only_first), (second, found.only_second))
        if subjects
    ]
    paired = f"{len(found.subjects)} subjects, paired; p: two-sided {test}"
    table = Table(title="; ".join([paired, *missing]), title_justify="left")
    for column in ("", first, second, "p", "wins", "losses", "ties"):
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    for name, d in found.scores.items():
        p = "-" if d.p is None else f"{d.p:.3f}"
        numbers = (f"{d.first:.3f}", f"{d.second:.3f}", p, d.wins, d.losses, d.ties)
        table.add_row(name, *map(str, numbers))
    return table
