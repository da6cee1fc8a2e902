"""What a trial understands beside the options of its experiment."""

from dataclasses import dataclass

from jsonargparse import ArgumentParser
from jsonargparse.typing import NonNegativeFloat, NonNegativeInt

from metst.runner.config import experiment_parser


@dataclass(frozen=True)
class StopOptions:
    """When a trial is given up, see `metst.runner.sweeps.stopping`.

    Attributes:
        after: folds that are scored first; 0 never gives up.
        margin: how far below the best trial STRS may lie over these folds.
    """

    after: NonNegativeInt = 0
    margin: NonNegativeFloat = 0.1


def trial_parser(prog: str) -> ArgumentParser:
    """Parser of an experiment's options and those of a trial."""
    parser = experiment_parser(prog)
    # Not `required`: without it the experiment could not be read for the nearest known keys.
    parser.add_argument("--sweep", type=str, default="", help="name of the sweep")
    parser.add_class_arguments(StopOptions, "stop")
    return parser
