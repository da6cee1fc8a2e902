"""What the next trial gets."""

import itertools
from itertools import islice
from pathlib import Path

import pytest

from metst.base.errors import ConfigError
from metst.runner.sweeps.file import SweepFile
from metst.runner.sweeps.local import count_trials, suggestions
from metst.runner.sweeps.parameters import read_parameter

PARAMETERS = {
    "model.lr": {"distribution": "log_uniform_values", "min": 1e-4, "max": 1e-1},
    "model.peak": {"values": [0.4, 0.5, 0.6]},
}


def sweep(method: str, content: dict[str, object]) -> SweepFile:
    parameters = tuple(read_parameter(n, p) for n, p in content.items())
    return SweepFile(Path("x"), {}, method, "strict/strs", "maximize", None, parameters, ())


def test_a_grid_is_every_combination_once() -> None:
    made = suggestions(sweep("grid", {"a": {"values": [1, 2]}, "b": {"values": [7, 8, 9]}}), 0)
    assert [tuple(s.values()) for s in made] == list(itertools.product([1, 2], [7, 8, 9]))


def test_a_trial_depends_on_seed_and_number_alone() -> None:
    file = sweep("random", PARAMETERS)
    made = list(islice(suggestions(file, 3), 6))
    assert made[:4] == list(islice(suggestions(file, 3), 4))
    assert len({s["model.lr"] for s in made}) == 6
    assert next(suggestions(file, 4)) != made[0]


def test_the_order_of_the_parameters_changes_no_value() -> None:
    turned = sweep("random", dict(reversed(PARAMETERS.items())))
    assert next(suggestions(sweep("random", PARAMETERS), 0)) == next(suggestions(turned, 0))


def test_bayes_needs_a_server() -> None:
    with pytest.raises(ConfigError, match="wandb's servers"):
        count_trials(sweep("bayes", PARAMETERS), 3)
