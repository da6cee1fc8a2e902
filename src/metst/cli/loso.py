"""`metst loso --config experiments/demo.yaml`: the whole experiment, or some of its folds."""

from collections.abc import Sequence

from metst.cli._tables import console
from metst.results.ledger import RunFolder
from metst.runner.arguments import parse
from metst.runner.options import folder_parser, run_folder
from metst.runner.overview import overview
from metst.runner.selection import add_choices


def run(arguments: Sequence[str]) -> int:
    """Run what is missing and print the table; 1 if a fold failed or data are damaged."""
    if "--status" not in arguments:
        from metst.cli._folds import run_folds  # with torch and lightning: seconds

        return run_folds(arguments)
    parser = folder_parser("metst loso")
    add_choices(parser)
    console().print(overview(RunFolder(run_folder(parse(parser, arguments)))))
    return 0
