"""What a trial understands beside the options of its experiment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import yaml
from jsonargparse import ArgumentParser
from jsonargparse.typing import NonNegativeFloat, NonNegativeInt

from metst.base.settings import require
from metst.runner.config import experiment_parser

Synergy = Literal["none", "recognition_first", "spotting_first", "per_candidate"]
"""Names of `metst.intervals.synergy.STRATEGIES`."""

_NO_SETTINGS = ("config", "sweep", "name", "loso.runs", "stop.", "wandb.", "executor.")
"""Options, or beginnings of theirs, that say where and how long a trial runs, not what it tries."""


@dataclass(frozen=True)
class JudgeOptions:
    """Post-processing of a trial: changed without training.

    Attributes:
        peak: where the peak threshold lies between mean and maximum of the smoothed score.
        synergy: strategy of the main scores.

    Raises:
        ConfigError: a threshold beyond the maximum.
    """

    peak: float | None = None
    synergy: Synergy | None = None

    def __post_init__(self) -> None:
        require(
            "judge.peak", self.peak, self.peak is None or 0 <= self.peak <= 1, "a share, 0 to 1"
        )


@dataclass(frozen=True)
class StopOptions:
    """When a trial is given up, see `metst.runner.sweeps.stopping`.

    Attributes:
        after: folds that are judged first; 0 never gives up.
        margin: how far below the best trial STRS may lie over these folds.
    """

    after: NonNegativeInt = 0
    margin: NonNegativeFloat = 0.1


def trial_parser(prog: str) -> ArgumentParser:
    """Parser of an experiment's options and those of a trial."""
    parser = experiment_parser(prog)
    # Not `required`: without it the experiment could not be read for the nearest known keys.
    parser.add_argument("--sweep", type=str, default="", help="name of the sweep")
    parser.add_class_arguments(JudgeOptions, "judge")
    parser.add_class_arguments(StopOptions, "stop")
    return parser


def options(settings: Mapping[str, Any]) -> list[str]:
    """Settings by dotted name as words of a command line."""
    return [f"--{name}={_word(value)}" for name, value in settings.items()]


def given(arguments: Sequence[str]) -> dict[str, Any]:
    """What a command line tries: its `--name=value` and `--name value` by dotted name."""
    return {
        name: yaml.safe_load(value)
        for name, value in _pairs(arguments)
        if not name.startswith(_NO_SETTINGS)
    }


def _word(value: object) -> str:
    if isinstance(value, str):
        return value  # quotes would be taken for part of a name
    return yaml.safe_dump(value, default_flow_style=True, width=10**6).splitlines()[0]


def _pairs(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    words = iter(arguments)
    for word in words:
        name, equals, value = word.removeprefix("--").partition("=")
        if word.startswith("--"):
            yield name, value if equals else next(words, "")
