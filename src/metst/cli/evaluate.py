"""`metst evaluate predictions.csv`: every score again, from the table and the labels alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jsonargparse import ArgumentParser
from rich.table import Table

from metst.base.errors import ConfigError
from metst.base.files import check_place
from metst.cli._source import Source, add_judging, show_findings, source_of
from metst.cli._tables import console, print_json
from metst.results.left_out import counts
from metst.results.megc import write_megc
from metst.results.pair import Pair
from metst.results.summary import summary
from metst.runner.arguments import parse
from metst.scoring.evaluation import evaluate, tested_of
from metst.scoring.protocols import DIFFERENCES, PROTOCOLS


def run(arguments: Sequence[str]) -> int:
    """Score a table of this or any other system; 1 if something is left out or does not fit."""
    config = parse(_parser(), arguments)
    if config.explain:
        console().print(_differences())
        return 0
    if config.predictions is None:
        msg = "expected a run folder or a CSV file with predictions (or --explain)"
        raise ConfigError(msg)
    if config.write_megc:
        check_place(config.write_megc, "--write-megc")
    source = source_of(config.predictions, config)
    pair = source.read()
    protocols = (config.protocol,) if config.protocol else PROTOCOLS
    findings, accepted = source.findings(pair, protocols, config.suppress)
    if config.write_megc:
        how = source.how
        write_megc(
            *(pair.predictions, pair.recordings, config.write_megc),
            decoder=how.protocol(config.protocol or "strict").table,
            synergy=how.variant,
        )
        console().print(f"wrote {config.write_megc}", soft_wrap=True)
        show_findings(findings)
        return 1 if findings else 0
    results = _results(source, pair, protocols)
    if config.json:
        both = {"findings": findings, "accepted": accepted}
        print_json(results | {name: [f.to_json() for f in side] for name, side in both.items()})
    else:
        _show(results)
        show_findings(findings)
    return 1 if findings else 0


def _results(source: Source, pair: Pair, protocols: Sequence[str]) -> dict[str, Any]:
    recordings = tested_of(pair.recordings, source.folds)
    results = evaluate(
        pair.predictions,
        recordings,
        synergy=source.how.variant,
        iou=source.how.iou,
        analyzed=(source.how.analyzed or None) if pair.emotions else None,
        emotions=pair.emotions,
    )
    whole = source.run.results if source.run else {"complete": True}
    return results | {
        **{name: whole[name] for name in ("complete", "demanded", "mixed_code") if name in whole},
        "kind": source.how.kind,
        "emotions": list(pair.emotions),
        "notes": list(pair.notes),
        "ground_truth": counts(recordings, protocols),
    }


def _show(results: dict[str, Any]) -> None:
    protocols = tuple(results["ground_truth"])
    terminal = console()
    terminal.print(summary(results, protocols))
    for note in results["notes"]:
        terminal.print(note, soft_wrap=True)
    for protocol, number in results["ground_truth"].items():
        if number["left_out"]:
            gone, annotated = number["left_out"], number["annotated"]
            terminal.print(f"{protocol} leaves out {gone} of {annotated} annotated expressions")


def _differences() -> Table:
    """Where `authors` and `strict` differ, one row per rule and whose rule it is."""
    table = Table("of the", "rule", "authors", "strict", padding=0, show_lines=True)
    for difference in DIFFERENCES:
        row = difference.part, difference.rule, difference.authors, difference.strict
        table.add_row(*row)
    return table


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="metst evaluate", exit_on_error=False, allow_abbrev=False)
    parser.add_argument(
        "predictions",
        type=Path,
        nargs="?",
        help="run folder, or a CSV file with at least subject, video, onset, offset",
    )
    parser.add_argument("--labels", type=Path | None, help="annotations; default: beside the table")
    parser.add_argument("--protocol", choices=PROTOCOLS, help="show one protocol only")
    add_judging(parser)
    parser.add_argument(
        "--explain", action="store_true", help="print where the protocols differ, score nothing"
    )
    parser.add_argument("--json", action="store_true", help="everything, as JSON")
    parser.add_argument("--write-megc", type=Path | None, help="write a challenge submission")
    return parser
