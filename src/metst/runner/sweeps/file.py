"""A sweep file: one that wandb reads, and whose mistakes are told before anything is trained."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from metst.base.errors import ConfigError
from metst.base.files import read_yaml
from metst.runner.sweeps.options import options
from metst.runner.sweeps.parameters import Parameter, read_parameter
from metst.runner.sweeps.scores import JUDGED, score_names
from metst.runner.sweeps.trial import read_trial

METHODS = ("grid", "random", "bayes")
Goal = Literal["minimize", "maximize"]

ERRORS = ("/fp", "/fn")
"""Ends of the names of scores that are better when they are smaller."""

_KEYS = {
    *("name", "description", "project", "entity", "program", "method", "metric", "run_cap"),
    *("parameters", "command"),
}
"""Of wandb's keys those that mean something here."""


@dataclass(frozen=True)
class SweepFile:
    """Contents of a sweep file.

    Attributes:
        told: what the file says, for those who read wandb's format.
        metric: name of a pooled score, see `metst.scoring.pooled`.
        run_cap: most trials; None where the file does not say.
        words: of the command of a trial, without what is varied.
    """

    path: Path
    told: dict[str, Any]
    method: str
    metric: str
    goal: Goal
    run_cap: int | None
    parameters: tuple[Parameter, ...]
    words: tuple[str, ...]


def read_sweep(path: Path) -> SweepFile:
    """Read a sweep file.

    Raises:
        ConfigError: it is missing, or says something it cannot say; names the place.
    """
    told = _load(path)
    try:
        return _read(path, told)
    except ConfigError as error:
        msg = f"{path}: {error}"
        raise ConfigError(msg) from error


def check_settings(sweep: SweepFile, words: Sequence[str] = ()) -> None:
    """Parse every listed value, and ends and samples of every range, as a trial would.

    Args:
        sweep: the file.
        words: options that every trial is given besides.

    Raises:
        ConfigError: a setting that does not exist, with the nearest, or a value it cannot have.
    """
    base = [*sweep.words, *words]
    read_trial(base, {}).check()
    for parameter in sweep.parameters:
        for value in parameter.samples():
            try:
                read_trial([*base, *options({parameter.name: value})], {}).check()
            except ConfigError as error:
                msg = f"{sweep.path}: parameters: {parameter.name}: {value!r}: {error}"
                raise ConfigError(msg) from error


def _load(path: Path) -> dict[str, Any]:
    told = read_yaml(path, "sweep")
    if not isinstance(told, dict) or not all(isinstance(key, str) for key in told):
        msg = f"{path}: expected the keys {', '.join(sorted(_KEYS))}; got {told!r}"
        raise ConfigError(msg)
    return told


def _read(path: Path, told: dict[str, Any]) -> SweepFile:
    for key in told:
        _one_of("key", key, sorted(_KEYS))
    method = told.get("method")
    _one_of("method", method, METHODS)
    metric, goal = _metric(told, method)
    parameters = told.get("parameters")
    if not isinstance(parameters, dict) or not parameters:
        msg = f"parameters: expected at least one, got {parameters!r}"
        raise ConfigError(msg)
    read = tuple(read_parameter(str(name), value) for name, value in parameters.items())
    ranges = [p.name for p in read if not p.values]
    if method == "grid" and ranges:
        msg = f"method grid: expected values, got a range for {', '.join(ranges)}"
        raise ConfigError(msg)
    cap = told.get("run_cap")
    if cap is not None and (type(cap) is not int or cap < 1):
        msg = f"run_cap: expected a whole number of trials, got {cap!r}"
        raise ConfigError(msg)
    return SweepFile(path, told, str(method), metric, goal, cap, read, _words(told))


def _metric(told: dict[str, Any], method: object) -> tuple[str, Goal]:
    metric = told.get("metric")
    if metric is None and method != "bayes":
        return JUDGED, "maximize"
    if not isinstance(metric, dict) or "name" not in metric:
        msg = f"metric: expected {{name: {JUDGED}, goal: maximize}}, got {metric!r}"
        raise ConfigError(msg)
    _one_of("metric", metric["name"], score_names())
    goal: Goal = metric.get("goal", "minimize")  # wandb's default
    _one_of("metric: goal", goal, ("minimize", "maximize"))
    if (goal == "minimize") != metric["name"].endswith(ERRORS):
        other = "maximize" if goal == "minimize" else "minimize"
        msg = (
            f"metric: {metric['name']}: expected goal: {other}, got {goal}; "
            "without a goal wandb minimizes"
        )
        raise ConfigError(msg)
    return metric["name"], goal


def _words(told: dict[str, Any]) -> tuple[str, ...]:
    """Options in the command of a trial."""
    command = told.get("command")
    if not isinstance(command, list) or "trial" not in command or "${args}" not in command:
        msg = (
            'command: expected ["${env}", python, -m, metst, trial, --config, '
            f'experiments/demo.yaml, --sweep, NAME, "${{args}}"], got {command}'
        )
        raise ConfigError(msg)
    after = command[command.index("trial") + 1 :]
    return tuple(str(word) for word in after if word != "${args}")


def _one_of(what: str, got: object, known: Sequence[str]) -> None:
    if got in known:
        return
    near = difflib.get_close_matches(str(got), known, n=3)
    mend = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"
    msg = f"unknown {what} {got!r}; {mend}"
    raise ConfigError(msg)
