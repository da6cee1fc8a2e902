"""`metst evaluate predictions.csv`: every score again, from the table and the labels alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jsonargparse import ArgumentParser

from metst.cli._tables import annotations_of, console, predictions_of, print_json
from metst.files import read_json
from metst.labels import EMOTIONS
from metst.loso.arguments import parse
from metst.loso.ledger import RunFolder
from metst.protocols import SCORINGS
from metst.results import PUBLISHED, evaluate, write_megc
from metst.results.summary import summary


def run(arguments: Sequence[str]) -> int:
    """Score a table of this or any other system."""
    config = parse(_parser(), arguments)
    recordings = annotations_of(config.predictions, config.labels)
    predictions = predictions_of(config.predictions, recordings)
    if config.write_megc:
        write_megc(predictions, recordings, config.write_megc)
        console().print(f"wrote {config.write_megc}", highlight=False)
        return 0
    results = evaluate(
        predictions,
        recordings,
        synergy=config.synergy,
        iou=config.iou,
        analyzed=tuple(config.analyzed),
    )
    results |= _completeness(config.predictions)
    if config.json:
        print_json(results)
    else:
        console().print(summary(results, (config.protocol,) if config.protocol else SCORINGS))
    return 0


def _completeness(place: Path) -> dict[str, Any]:
    """How many folds a run should have; a table by itself is all there is."""
    pooled = RunFolder(place).results
    if not pooled.exists():
        return {"complete": True}
    known: dict[str, Any] = read_json(pooled)
    return {key: known[key] for key in ("complete", "demanded") if key in known}


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="metst evaluate", exit_on_error=False, allow_abbrev=False)
    parser.add_argument(
        "predictions",
        type=Path,
        help="run folder, or a CSV file with at least subject, video, onset, offset, emotion",
    )
    parser.add_argument("--labels", type=Path | None, help="annotations; default: beside the table")
    parser.add_argument("--protocol", choices=SCORINGS, help="show one protocol only")
    parser.add_argument("--synergy", type=str, default=PUBLISHED, help="strategy of main scores")
    parser.add_argument("--iou", type=float, default=0.5, help="least overlap of a true positive")
    parser.add_argument(
        "--analyzed", type=list[str], default=list(EMOTIONS), help="emotions that are averaged"
    )
    parser.add_argument("--json", action="store_true", help="everything, as JSON")
    parser.add_argument("--write-megc", type=Path | None, help="write a challenge submission")
    return parser
