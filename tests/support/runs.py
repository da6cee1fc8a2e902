"""Whole runs of the demo in this process."""

from metst.runner.arguments import parse
from metst.runner.config import experiment_parser
from metst.runner.runner import Finished, run_loso
from metst.runner.selection import Selection

DEMO = ["--config", "experiments/demo.yaml"]


def run(options: list[str], *more: str, selection: Selection = Selection()) -> Finished:  # noqa: B008 - frozen
    """All folds of the demo with the options of the fixture `tiny`, and more."""
    parser = experiment_parser("metst loso")
    return run_loso(parser, parse(parser, [*DEMO, *options, *more]), selection)
