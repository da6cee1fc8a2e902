"""Distributions, and what cannot be one."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from metst.base.errors import ConfigError
from metst.runner.sweeps.parameters import read_parameter

DRAWS = 3000
UNLIKELY = 1e-4
"""A right distribution fails a test of it this seldom; seeds are fixed, so that none does."""


def draws(given_: dict[str, Any], number: int = DRAWS) -> list[Any]:
    parameter, generator = read_parameter("x", given_), np.random.default_rng(5)
    return [parameter.draw(generator) for _ in range(number)]


@pytest.mark.parametrize(
    ("given_", "reference"),
    [
        ({"min": 1.0, "max": 3.0}, stats.uniform(1, 2)),
        ({"distribution": "normal", "mu": 2.0, "sigma": 3.0}, stats.norm(2, 3)),
        ({"distribution": "normal"}, stats.norm(0, 1)),
        ({"distribution": "log_normal", "mu": 0.5}, stats.lognorm(1, scale=math.exp(0.5))),
        (
            {"distribution": "log_uniform_values", "min": 1e-4, "max": 1e-1},
            stats.loguniform(1e-4, 1e-1),
        ),
    ],
)
def test_values_follow_the_distribution(given_: dict[str, Any], reference: Any) -> None:  # noqa: ANN401
    assert stats.kstest(draws(given_), reference.cdf).pvalue > UNLIKELY


def test_whole_numbers_are_all_alike_and_both_ends_are_drawn() -> None:
    values = draws({"min": 2, "max": 5})
    assert {type(v) for v in values} == {int}
    assert sorted(set(values)) == [2, 3, 4, 5]
    assert stats.chisquare(np.bincount(values)[2:]).pvalue > UNLIKELY


def test_probabilities_are_those_asked_for() -> None:
    values = draws({"values": ["a", "b", "c"], "probabilities": [0.7, 0.3, 0.0]})
    counts = [values.count(v) for v in "abc"]
    assert counts[2] == 0
    assert stats.chisquare(counts[:2], [0.7 * DRAWS, 0.3 * DRAWS]).pvalue > UNLIKELY


@given(st.floats(-50, 50), st.floats(0.1, 50), st.sampled_from([0.05, 0.1, 1, 4]))
def test_quantized_values_are_the_nearest_multiples(low: float, wide: float, q: float) -> None:
    given_ = {"min": low, "max": low + wide}
    plain = draws({**given_, "distribution": "uniform"}, 20)
    for value, rounded in zip(
        plain, draws({**given_, "distribution": "q_uniform", "q": q}, 20), strict=True
    ):
        assert abs(value - rounded) <= q / 2 + 1e-9
        assert rounded / q == pytest.approx(round(rounded / q))
        assert isinstance(rounded, int) == float(q).is_integer()


def test_a_constant_and_values_of_any_kind() -> None:
    assert set(draws({"value": 7}, 9)) == {7}
    assert read_parameter("x", {"values": [None, True, [1]]}).samples() == [None, True, [1]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "expected keys of"),
        (3, "expected keys of"),
        ({"vales": [1]}, "vales"),
        ({"parameters": {"lr": {"value": 1}}}, r"a dotted name: model\.lr"),
        ({"values": []}, "expected a list of values"),
        ({"values": 3}, "expected a list of values"),
        ({"values": [1, 2], "probabilities": [1.0]}, "expected 2 numbers"),
        ({"values": [1, 2], "probabilities": [0.5, 0.6]}, "add up to 1"),
        ({"values": [1, 2], "distribution": "normal"}, "distribution: expected none"),
        ({"min": 1}, "max: expected a finite number"),
        ({"min": "a", "max": 2}, "min: expected a finite number"),
        ({"min": 2, "max": 1}, "min <= max"),
        ({"distribution": "log_uniform_values", "min": 0, "max": 1}, "above 0"),
        ({"distribution": "log_uniform", "min": -4, "max": 1}, "expected one of"),
        ({"distribution": "uniform", "min": 1, "max": 2, "q": 1}, "only the numbers min, max"),
        ({"values": [1, 2], "probabilities": [0.5, "x"]}, "expected 2 numbers"),
        ({"values": [1, 2], "probabilities": 1}, "expected 2 numbers"),
        ({"values": [1, 2], "probabilities": [1.5, -0.5]}, "none below 0"),
        ({"values": [1, 2], "probabilities": [math.nan, 1]}, "expected 2 numbers"),
        ({"values": [1, 2], "min": 0}, "beside values"),
        ({"value": 1, "values": [2]}, "nothing beside a value"),
        ({"min": "1e-4", "max": 1.0}, r"min: expected a finite number .*1\.0e-4"),
        ({"min": 0, "max": math.inf}, "max: expected a finite number"),
        ({"min": 0, "max": 10**400}, "max: expected a finite number"),
        ({"min": True, "max": 2}, "min: expected a finite number"),
        ({"distribution": "q_uniform", "min": 0, "max": 1, "q": 0}, "q: expected .* above 0"),
        ({"distribution": "normal", "sigma": 0}, "sigma: expected a number above 0"),
        ({"distribution": "int_uniform", "min": 0.5, "max": 2}, "whole numbers"),
        ({"distribution": "int_uniform", "min": 0, "max": 2**70}, "whole numbers below"),
    ],
)
def test_what_has_no_meaning_is_refused(given: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_parameter("x", given)


def test_the_ends_that_are_tried_are_those_that_can_be_drawn() -> None:
    given_ = {"distribution": "q_uniform", "min": 0.01, "max": 0.99, "q": 0.05}
    assert read_parameter("x", given_).samples()[:2] == [0, 1]
