"""A sweep file: one that wandb reads, and whose mistakes are found before anything is trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from metst.base.errors import ConfigError
from metst.base.files import read_yaml
from metst.base.names import nearest
from metst.base.settings import require
from metst.runner.arguments import options
from metst.runner.sweeps.parameters import Parameter, read_parameter
from metst.runner.sweeps.scores import MAIN, score_names
from metst.runner.sweeps.trial import read_trial

METHODS = ("grid", "random", "bayes")
Goal = Literal["minimize", "maximize"]

ERRORS = ("/fp", "/fn")
"""Ends of the names of scores that are better when they are smaller."""

_KEYS = (
    *("name", "description", "project", "entity", "program", "method", "metric", "run_cap"),
    *("parameters", "command"),
)
"""Of wandb's keys those that mean something here."""


@dataclass(frozen=True)
class SweepFile:
    """Contents of a sweep file.

    Attributes:
        content: of the file, as wandb reads it.
        metric: name of a pooled score, see `metst.scoring.pooled`.
        run_cap: most trials; None where the file has no limit.
        words: options in the command of a trial, without what is varied.
    """

    path: Path
    content: dict[str, Any]
    method: str
    metric: str
    goal: Goal
    run_cap: int | None
    parameters: tuple[Parameter, ...]
    words: tuple[str, ...]


def read_sweep(path: Path) -> SweepFile:
    """Read a sweep file.

    Raises:
        ConfigError: it is missing or not valid; names the place.
    """
    content = read_yaml(path, "sweep")
    try:
        return _read(path, content)
    except ConfigError as error:
        msg = f"{path}: {error}"
        raise ConfigError(msg) from error


def check_settings(sweep: SweepFile, words: Sequence[str] = ()) -> None:
    """Parse every listed value, and ends and samples of every range, as a trial would.

    Args:
        sweep: the file.
        words: further options of every trial.

    Raises:
        ConfigError: a setting that does not exist, with the nearest, or a value it cannot have.
    """
    base = [*sweep.words, *words]
    emotions = read_trial(base).emotions
    for parameter in sweep.parameters:
        for value in parameter.samples():
            try:
                own = read_trial([*base, *options({parameter.name: value})]).emotions
                alike = "the same emotions in every trial, as their scores are compared"
                require("emotions", own, own == emotions, alike)
            except ConfigError as error:
                msg = f"{sweep.path}: parameters: {parameter.name}: {value!r}: {error}"
                raise ConfigError(msg) from error


def _read(path: Path, content: object) -> SweepFile:
    named = isinstance(content, dict) and all(isinstance(key, str) for key in content)
    require("sweep", content, named, f"the keys {', '.join(_KEYS)}")
    assert isinstance(content, dict)
    for key in content:
        _one_of("key", key, _KEYS)
    values: dict[str, Any] = dict.fromkeys(_KEYS) | content
    method, parameters, cap = values["method"], values["parameters"], values["run_cap"]
    _one_of("method", method, METHODS)
    metric, goal = _metric(values["metric"], method)
    some = isinstance(parameters, dict) and bool(parameters)
    require("parameters", parameters, some, "at least one")
    read = tuple(read_parameter(str(name), value) for name, value in parameters.items())
    ranges = [p.name for p in read if not p.values]
    require("method grid", ranges, method != "grid" or not ranges, "values, no ranges")
    whole = cap is None or (type(cap) is int and cap >= 1)
    require("run_cap", cap, whole, "a whole number of trials")
    return SweepFile(path, content, method, metric, goal, cap, read, _words(values["command"]))


def _metric(metric: object, method: str) -> tuple[str, Goal]:
    if metric is None and method != "bayes":
        return MAIN, "maximize"
    named = isinstance(metric, dict) and "name" in metric
    require("metric", metric, named, f"{{name: {MAIN}, goal: maximize}}")
    assert isinstance(metric, dict)
    name = metric["name"]
    _one_of("metric", name, score_names())
    goal: Goal = "minimize" if name.endswith(ERRORS) else "maximize"
    got = metric.get("goal", "minimize")  # wandb's default
    require(f"metric: {name}: goal", got, got == goal, f"{goal} (wandb's default is minimize)")
    return name, goal


def _words(command: object) -> tuple[str, ...]:
    kept = isinstance(command, list) and "trial" in command and "${args}" in command
    wanted = (
        '["${env}", python, -m, metst, trial, --config, experiments/demo.yaml, --sweep, NAME, '
        '"${args}"]'
    )
    require("command", command, kept, wanted)
    assert isinstance(command, list)
    after = command[command.index("trial") + 1 :]
    return tuple(str(word) for word in after if word != "${args}")


def _one_of(what: str, got: object, known: Sequence[str]) -> None:
    if got not in known:
        listed = f"known: {', '.join(known)}"
        msg = f"unknown {what} {got!r}; {nearest(str(got), known, listed)}"
        raise ConfigError(msg)
