"""Distributions by their quantiles: what is drawn has them, in any number."""

import numpy as np
import pytest

from metst.base.randomness import generator
from metst.datasets.generated.quantiles import CASME3_LENGTHS, Quantiles, portions

LINE = Quantiles({0: 10.0, 0.5: 20.0, 1: 40.0})
POWER = Quantiles({0: 1.0, 1: 100.0}, heavy=True)


def test_values_lie_on_lines_or_on_powers_between_the_quantiles() -> None:
    assert LINE.at(np.array([0.0, 0.25, 0.75, 1.0])).tolist() == [10, 15, 30, 40]
    assert POWER.at(np.array([0.5])) == pytest.approx(10)
    assert LINE.values(2).tolist() == [15, 30]


def test_one_is_drawn_from_each_share_in_random_order() -> None:
    drawn = LINE.drawn(100, generator(1, "test"))
    assert (np.diff(drawn) < 0).any()
    shares = np.interp(np.sort(drawn), [10, 20, 40], [0, 0.5, 1])
    assert np.floor(shares * 100 + 1e-9).tolist() == list(range(100))


def test_few_draws_have_the_median_of_the_tables() -> None:
    drawn = CASME3_LENGTHS["micro"].drawn(160, generator(1, "test"))
    assert np.percentile(drawn, [25, 50, 75]) == pytest.approx([15, 22, 34], rel=0.05)


def test_portions_are_those_of_the_counts() -> None:
    assert portions({"a": 50, "b": 25, "c": 25}, 4) == ["a", "a", "b", "c"]
    assert portions({"a": 99, "b": 1}, 3) == ["a", "a", "a"]
    assert portions({"a": 1}, 0) == []
