"""How small a difference a paired comparison of two systems can see.

A two-sided paired test at level alpha sees a true difference D with probability 1 - beta if D is

    (t(1 - alpha / 2) + t(1 - beta)) * SE

with the quantiles of Student's distribution with n - 1 degrees of freedom, n subjects; for many
subjects (1.96 + 0.84) * SE, with alpha = 0.05 and 1 - beta = 0.8 (Chow, Shao & Wang, Sample Size
Calculations in Clinical Research, chapter 3). SE is that of the difference of the pooled scores:
its standard deviation over draws of subjects with replacement, the same subjects for both systems
(Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 6), times sqrt(n / (n - 1)):
draws from a sample vary less than the sample does. SE shrinks with sqrt(n), so a difference d needs
n (D / d)^2 subjects.

It is an estimate: our test is one of permutations, which agrees with that of Student for many
subjects, and SE is that of these two systems on these subjects.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from metst.base.randomness import generator
from metst.scoring.analysis import HEADLINES
from metst.scoring.protocols.protocol import Protocol

ALPHA: Final = 0.05
"""Level of the two-sided test."""

POWER: Final = 0.8
"""Probability that the true difference is seen."""

LEAST_SUBJECTS: Final = 6
"""With n subjects, no exchange within subjects is rarer than 2 / 2^n: five never give p < 0.05."""


@dataclass(frozen=True)
class Power:
    """What a comparison of one score can see.

    Attributes:
        visible: smallest true difference that the test sees with probability `POWER`; None with
            fewer than `LEAST_SUBJECTS` subjects, without a value, or where nothing differs.
        needed: subjects it takes to see a true difference as large as the observed one; None where
            that is visible already, or zero.
        interval: of confidence of the difference, 95 %, by the same draws of subjects; None where
            a draw has no value.
    """

    visible: float | None
    needed: int | None
    interval: tuple[float, float] | None = None


def powers(
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    observed: Mapping[str, float],
    scoring: Protocol,
    *,
    repeats: int = 1000,
    seed: int = 0,
) -> dict[str, Power]:
    """What the comparison of each headline score can see.

    Args:
        first: counts (subjects, numbers) of one system.
        second: the same subjects of the other.
        observed: difference of each score; NaN where undefined.
        scoring: how scores follow from counts.
        repeats: draws of subjects.
        seed: of the draws.
    """
    subjects = len(first)
    share = np.full(subjects, 1 / subjects)
    draws = generator(seed, "power").multinomial(subjects, share, size=repeats)  # (R, subjects)
    sides = [[scoring.scores_of(row) for row in draws @ side] for side in (first, second)]
    found = {}
    for name, score in HEADLINES.items():
        values = np.array([score(b) - score(a) for a, b in zip(*sides, strict=True)])  # (R,)
        defined = values[~np.isnan(values)]
        error = float(defined.std()) if len(defined) else math.nan
        error *= math.sqrt(subjects / max(subjects - 1, 1))
        low, high = np.quantile(values, [ALPHA / 2, 1 - ALPHA / 2]).tolist()  # NaN: one is missing
        interval = None if math.isnan(low) else (low, high)
        found[name] = replace(power(error, observed[name], subjects), interval=interval)
    return found


def power(error: float, observed: float, subjects: int) -> Power:
    """What a comparison can see.

    Args:
        error: standard error of the difference.
        observed: the difference; NaN where undefined.
        subjects: number of subjects that are compared.
    """
    if subjects < LEAST_SUBJECTS or not error > 0 or math.isnan(observed):
        return Power(None, None)
    quantiles = stdtrit(subjects - 1, [1 - ALPHA / 2, POWER])
    visible = float(quantiles.sum()) * error
    if observed == 0 or abs(observed) >= visible:
        return Power(visible, None)
    return Power(visible, math.ceil(subjects * (visible / observed) ** 2))
