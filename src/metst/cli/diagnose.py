"""`metst diagnose RUN`: why micro-expressions are missed and false alarms are raised."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from jsonargparse import ArgumentParser
from rich.table import Table

from metst.base.terminal import table_of
from metst.cli._tables import console, print_json
from metst.results.diagnosing import diagnose_run
from metst.results.run import open_run
from metst.results.summary import UNDEFINED
from metst.runner.arguments import parse
from metst.scoring.diagnosis import ALARMS, ENDINGS, ORACLES, Diagnosis, Headline

_SCORES = ("TP", "FP", "FN", "F1", "F1\nrec", "STRS")


def run(arguments: Sequence[str]) -> int:
    """Print the diagnosis of a finished run."""
    parser = ArgumentParser(prog="metst diagnose", exit_on_error=False, allow_abbrev=False)
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument("--json", action="store_true", help="everything, and each ME, as JSON")
    config = parse(parser, arguments)
    found = diagnose_run(open_run(config.run, results=True))
    if config.json:
        print_json(found.as_dict(each=True))
        return 0
    terminal = console()
    for table in _tables(found):
        terminal.print(table)
    for line in (*([str(found.ceiling)] if found.ceiling else []), *found.notes):
        terminal.print(line, soft_wrap=True)
    return 0


def _tables(found: Diagnosis) -> Iterator[Table]:
    """Four tables, the last one where there are groups."""
    yield _shares("Annotated MEs", found.endings, ENDINGS)
    yield _shares("False alarms by what they lie over", found.false_alarms, ALARMS)
    rows = [[ORACLES[name], *_cells(scores)] for name, scores in found.oracles.items()]
    yield table_of(
        "Scores under strict, and with oracles that know the annotations", ["", *_SCORES], rows
    )
    if found.groups:
        parts = [
            [label, str(part.videos), *(_cells(part.scores) if part.videos else [""] * 6)]
            for group in found.groups
            for label, part in ((group.name, group.inside), ("  all others", group.outside))
        ]
        yield table_of("Scores per group of videos", ["", "videos", *_SCORES], parts)


def _shares(title: str, numbers: Mapping[str, int], titles: Mapping[str, str]) -> Table:
    total = sum(numbers.values())
    rows = [
        [titles.get(name, name), str(n), f"{n / total:.0%}" if total else UNDEFINED]
        for name, n in numbers.items()
    ]
    return table_of(f"{title}: {total}", ["", "number", "share"], rows)


def _cells(scores: Headline) -> list[str]:
    values = scores.spotting, scores.recognition, scores.strs
    counts = [str(n) for n in (scores.tp, scores.fp, scores.fn)]
    return counts + [UNDEFINED if v is None else f"{v:.3f}" for v in values]
