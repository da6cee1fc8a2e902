"""The smallest difference that a comparison can see, where the answer is known."""

import math

import numpy as np
import pytest

from metst.scoring.compare import compare
from metst.scoring.metrics import Counts
from metst.scoring.power import power, powers
from metst.scoring.protocols import get_protocol

STRICT = get_protocol("strict")
MES = 10  # per subject


def counts(tp: int) -> Counts:
    """A subject with ten MEs of which so many are found, and as many proposals: F1 is tp / 10."""
    numbers = Counts.zero(4).numbers()
    numbers[:3] = tp, MES - tp, MES - tp
    return Counts.of_numbers(numbers, 4)


def test_a_difference_as_large_as_the_smallest_visible_is_visible() -> None:
    found = power(0.01, 0.02, 20)
    # Quantiles 0.975 and 0.8 of Student's distribution with 19 degrees of freedom, from a table.
    assert found.visible == pytest.approx(0.01 * (2.093 + 0.861), abs=1e-5)
    assert found.needed == math.ceil(20 * (0.02954 / 0.02) ** 2) == 44
    assert power(0.01, 0.02, 10_000).visible == pytest.approx(0.01 * (1.960 + 0.842), abs=1e-5)
    assert power(0.01, -0.02, 20) == found
    assert power(0.01, 0.0296, 20).needed is None
    assert power(0.01, 0.0, 20).needed is None


@pytest.mark.parametrize(
    ("error", "observed", "subjects"), [(0.1, 0.1, 5), (0, 0.1, 9), (0.1, math.nan, 9)]
)
def test_what_cannot_be_estimated(error: float, observed: float, subjects: int) -> None:
    assert power(error, observed, subjects) == power(0, 0, 0)


def test_the_error_is_that_of_a_mean_of_paired_differences() -> None:
    """F1 of equal subjects is the mean of theirs: its standard error is that of a mean."""
    rng = np.random.default_rng(0)
    first, second = rng.integers(2, 5, 30), rng.integers(3, 9, 30)
    sides = [np.stack([counts(int(tp)).numbers() for tp in side]) for side in (first, second)]
    differences = (second - first) / MES
    error = differences.std(ddof=1) / math.sqrt(30)
    observed = dict.fromkeys(("f1", "uf1", "uar", "strs"), float(differences.mean()))
    found = powers(*sides, observed, STRICT, repeats=4000)["f1"]
    assert found.visible == pytest.approx((2.045 + 0.854) * error, rel=0.05)
    assert found.interval is not None
    low, high = (end - float(differences.mean()) for end in found.interval)
    assert (low, high) == pytest.approx((-1.96 * error, 1.96 * error), rel=0.1)


@pytest.mark.parametrize("subjects", [10, 24, 100])
def test_four_in_five_experiments_see_the_smallest_visible_difference(subjects: int) -> None:
    """Simulated: how often a permutation test of paired means is significant at that difference."""
    rng = np.random.default_rng(subjects)
    visible = power(1 / math.sqrt(subjects), 0.1, subjects).visible  # differences of variance 1
    assert visible is not None
    seen = []
    for _ in range(300):
        differences = rng.normal(visible, 1, subjects)
        signs = rng.choice((-1, 1), (400, subjects))
        exchanged = np.abs(signs @ differences) >= abs(differences.sum())
        seen.append((exchanged.sum() + 1) / 401 < 0.05)
    assert np.mean(seen) == pytest.approx(0.8, abs=0.07)


def test_a_comparison_names_both() -> None:
    rng = np.random.default_rng(2)
    first = {str(i): counts(int(tp)) for i, tp in enumerate(rng.integers(3, 7, 20))}
    second = {str(i): counts(int(tp)) for i, tp in enumerate(rng.integers(3, 8, 20))}
    found = compare(first, second, STRICT).as_dict()["scores"]["f1"]
    difference = abs(found["second"] - found["first"])
    assert difference < found["visible"]
    assert found["needed"] == math.ceil(20 * (found["visible"] / difference) ** 2) > 20
    same = compare(first, first, STRICT).scores["f1"]
    assert (same.visible, same.needed) == (None, None)
