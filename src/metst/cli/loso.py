"""`metst loso --config experiments/demo.yaml`: the whole experiment, or some of its folds."""

from collections.abc import Sequence

from jsonargparse import ArgumentParser

from metst.cli._tables import console
from metst.results.ledger import RunFolder
from metst.runner.arguments import parse
from metst.runner.options import folder_parser, run_folder
from metst.runner.overview import overview


def run(arguments: Sequence[str]) -> int:
    """Run what is missing and print the table; 1 if a fold failed or data are damaged."""
    if "--status" not in arguments:
        from metst.cli._folds import run_folds  # with torch and lightning: seconds

        return run_folds(arguments)
    parser = folder_parser("metst loso")
    add_choices(parser)
    console().print(overview(RunFolder(run_folder(parse(parser, arguments)))))
    return 0


def add_choices(parser: ArgumentParser) -> None:
    """What the verb understands besides the settings of an experiment."""
    parser.add_argument("--folds", type=str, default="", help="only these subjects: 006,007")
    parser.add_argument(
        "--only_failed", "--only-failed", action="store_true", help="only folds that failed"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="throw away what the run folder holds and begin anew"
    )
    parser.add_argument(
        "--status", action="store_true", help="print how far each fold is, and run nothing"
    )
