"""The folds of `metst loso`: run what is missing, and print what came of it."""

from collections.abc import Sequence
from pathlib import Path

from jsonargparse import ArgumentParser

from metst.base.errors import ConfigError
from metst.base.names import first_few
from metst.cli._tables import console, report_damage
from metst.results.summary import summary
from metst.runner.arguments import parse
from metst.runner.config import experiment_parser
from metst.runner.options import run_folder
from metst.runner.runner import Finished, run_experiment
from metst.runner.selection import Selection, add_choices
from metst.runner.stopping import sigterm_is_ctrl_c


def run_folds(arguments: Sequence[str]) -> int:
    """Run what is missing and print the table; 1 if a fold failed or data are damaged."""
    config = parse(options(), arguments)
    chosen = {name: config.pop(name) for name in ("folds", "only_failed", "fresh", "status")}
    selection = Selection(tuple(filter(None, chosen["folds"].split(","))), chosen["only_failed"])
    if chosen["fresh"] and selection != Selection():
        msg = "--fresh begins all folds anew: give it without --folds and --only-failed"
        raise ConfigError(msg)
    with sigterm_is_ctrl_c():
        parser = experiment_parser("metst loso")
        finished = run_experiment(parser, config, selection, fresh=chosen["fresh"])
    _print(finished, run_folder(config))
    report_damage(finished.damaged)
    return 1 if finished.failed or finished.damaged else 0


def options() -> ArgumentParser:
    """Parser of an experiment and of the verb's own options."""
    parser = experiment_parser("metst loso")
    add_choices(parser)
    return parser


def _print(finished: Finished, folder: Path) -> None:
    """The scores, and what they lack."""
    terminal = console()
    if finished.results:
        terminal.print(summary(finished.results))
    if not finished.ran:
        state = "was complete already" if not finished.missing else "has none of these folds to run"
        terminal.print(f"{folder} {state}: nothing was run (--fresh begins anew).", markup=False)
    if finished.changed:
        changed = ", ".join(finished.changed)
        text = f"The code has changed since ({changed}): these are results of the code before."
        terminal.print(text, style="red", markup=False, soft_wrap=True)
    for subject, error in finished.failed.items():
        text = f"fold {subject} failed: {error}"
        terminal.print(text, style="red", markup=False, soft_wrap=True)
    if finished.missing:
        advice = "the same command (without --folds and --only-failed) runs what is missing"
        text = (
            f"{folder} is incomplete: folds {first_few(finished.missing)} are not done; {advice}."
        )
        terminal.print(text, markup=False, soft_wrap=True)
