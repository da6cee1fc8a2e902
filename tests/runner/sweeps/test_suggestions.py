"""What the next trial gets."""

import itertools
import random
from pathlib import Path

import numpy as np
import pytest

from metst.runner.sweeps.file import SweepFile
from metst.runner.sweeps.parameters import read_parameter
from metst.runner.sweeps.suggestions import drawn, grid, suggested
from tests.support.trials import record

TOLD = {
    "method": "bayes",
    "metric": {"name": "strict/strs", "goal": "maximize"},
    "parameters": {
        "model.lr": {"distribution": "log_uniform_values", "min": 1e-4, "max": 1e-1},
        "judge.peak": {"values": [0.4, 0.5, 0.6]},
    },
}


def sweep(told: dict[str, object]) -> SweepFile:
    parameters = tuple(read_parameter(n, p) for n, p in told["parameters"].items())  # type: ignore[attr-defined]
    return SweepFile(Path("x.yaml"), told, "bayes", "strict/strs", "maximize", None, parameters, ())


def test_a_grid_is_every_combination_once() -> None:
    made = list(grid(sweep({"parameters": {"a": {"values": [1, 2]}, "b": {"values": [7, 8, 9]}}})))
    assert [tuple(s.values()) for s in made] == list(itertools.product([1, 2], [7, 8, 9]))


def test_a_trial_depends_on_seed_and_number_alone() -> None:
    file = sweep(TOLD)
    forward = [drawn(file, 3, i) for i in range(6)]
    backward = [drawn(file, 3, i) for i in reversed(range(6))]
    assert forward == backward[::-1]
    assert len({s["model.lr"] for s in forward}) == 6
    assert drawn(file, 4, 0) != forward[0]


def test_the_order_of_the_parameters_changes_no_value() -> None:
    file = sweep(TOLD)
    turned = sweep({**TOLD, "parameters": dict(reversed(TOLD["parameters"].items()))})  # type: ignore[attr-defined]
    assert drawn(file, 0, 1) == drawn(turned, 0, 1)


def test_bayes_is_repeatable_and_leaves_the_global_generators_alone() -> None:
    pytest.importorskip("sweeps")
    file = sweep(TOLD)
    before = [record(1, [(4, 1, 1)]), record(2, [(1, 4, 4)]), record(3, [(0, 1, 1)], "stopped")]
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    expected = random.random(), np.random.random()  # noqa: NPY002
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    first = suggested(file, 0, before)
    assert (random.random(), np.random.random()) == expected  # noqa: NPY002
    assert first == suggested(file, 0, before)
    assert first != suggested(file, 1, before)
    assert 1e-4 <= first["model.lr"] <= 1e-1
    assert first["judge.peak"] in (0.4, 0.5, 0.6)
