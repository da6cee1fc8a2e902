"""`metst loso --config experiments/demo.yaml`: the whole experiment."""

from collections.abc import Sequence

from metst.cli._tables import console, tell_damage
from metst.loso.arguments import parse
from metst.loso.config import experiment_parser
from metst.loso.runner import run_loso
from metst.results.summary import summary


def run(arguments: Sequence[str]) -> int:
    """Run what is missing and print the table; 1 if a fold failed or data are damaged."""
    parser = experiment_parser("metst loso")
    parser.add_argument(
        "--fresh", action="store_true", help="throw away what the run folder holds and begin anew"
    )
    config = parse(parser, arguments)
    fresh = config.pop("fresh")
    finished = run_loso(experiment_parser("metst loso"), config, fresh=fresh)
    terminal = console()
    folder = config.loso.runs / config.name
    if finished.results:
        terminal.print(summary(finished.results))
    if not finished.ran:
        terminal.print(f"{folder} was complete already: nothing was run (--fresh begins anew).")
    for subject, error in finished.failed.items():
        terminal.print(f"fold {subject} failed: {error}", style="red", markup=False)
    if finished.failed:
        terminal.print("The same command runs the failed folds again.")
    tell_damage(finished.damaged)
    return 1 if finished.failed or finished.damaged else 0
