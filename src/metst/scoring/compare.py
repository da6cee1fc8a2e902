"""Is one system better than another? Paired by subject, judged by permutation."""

import itertools
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metst.base.errors import MetstError
from metst.scoring.analysis import HEADLINES
from metst.scoring.metrics.counts import Counts
from metst.scoring.power import powers
from metst.scoring.protocols.protocol import Protocol

_EXACT = 12
"""Up to so many differing subjects, all 2^n exchanges are tried."""

_ROUNDING = 1e-12
"""Differences of equal size may differ by rounding."""


@dataclass(frozen=True)
class PairedScore:
    """One score of two systems over the same subjects.

    Attributes:
        first: score of the first system; NaN where undefined.
        second: score of the second system.
        p: probability of a difference at least as large if the systems were exchangeable within
            each subject; None where a score is undefined.
        wins: subjects on which the second system scores higher.
        losses: subjects on which it scores lower.
        ties: subjects on which both score the same, or neither has a value.
        visible: smallest true difference that this test sees with 80 % power, see
            `metst.scoring.power`; None where it cannot be estimated.
        needed: subjects it takes to see the difference of both scores; None where these suffice.
        interval: of confidence of the difference, 95 %; None where draws of subjects have no value.
    """

    first: float
    second: float
    p: float | None
    wins: int
    losses: int
    ties: int
    visible: float | None
    needed: int | None
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Comparison:
    """Two systems side by side.

    Attributes:
        subjects: that both have, in the order of the first.
        only_first: subjects that the second lacks; not compared.
        only_second: subjects that the first lacks; not compared.
        exact: whether all exchanges were tried.
        scores: score -> both values and their difference.
    """

    subjects: tuple[str, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    exact: bool
    scores: dict[str, PairedScore]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON: None where a score is undefined."""
        scores = {
            name: {key: _plain(value) for key, value in asdict(difference).items()}
            for name, difference in self.scores.items()
        }
        return {**asdict(self), "scores": scores}


def compare(
    first: Mapping[str, Counts],
    second: Mapping[str, Counts],
    scoring: Protocol,
    *,
    rounds: int = 10_000,
    seed: int = 0,
) -> Comparison:
    """Compare the pooled scores of two systems by a two-sided permutation test.

    If the systems were equally good, exchanging them within a subject would change nothing but
    chance. Every exchange gives a difference of the pooled scores; p is the share of those that
    are at least as large as the real one. With few subjects all exchanges are tried (exact),
    else random ones, the real one counted among them.

    Args:
        first: counts of each subject, from `Protocol.counts`.
        second: the same of the other system.
        scoring: how scores follow from counts.
        rounds: random exchanges where there are too many to try all.
        seed: of the random exchanges.

    Raises:
        MetstError: the systems have no subject in common.
    """
    common = [subject for subject in first if subject in second]
    if not common:
        msg = f"nothing to compare: no common subject in {sorted(first)} and {sorted(second)}"
        raise MetstError(msg)
    a, b = (np.stack([side[s].numbers() for s in common]) for side in (first, second))
    differing = (a != b).any(axis=1)
    exact = int(differing.sum()) <= _EXACT
    swaps = _all(differing) if exact else _random(differing, rounds, seed)  # (R, subjects)
    moved = swaps @ (b - a)  # (R, numbers)
    left, right = _scores(a.sum(0) + moved, scoring), _scores(b.sum(0) - moved, scoring)
    alone = _scores(a, scoring), _scores(b, scoring)
    observed = {name: float(right[name][0] - left[name][0]) for name in HEADLINES}
    power = powers(a, b, observed, scoring, seed=seed)
    scores = {}
    for name in HEADLINES:
        gains = np.sign(np.nan_to_num(alone[1][name] - alone[0][name]))
        scores[name] = PairedScore(
            first=float(left[name][0]),
            second=float(right[name][0]),
            p=_p_value(right[name] - left[name]),
            wins=int((gains > 0).sum()),
            losses=int((gains < 0).sum()),
            ties=int((gains == 0).sum()),
            **vars(power[name]),
        )
    return Comparison(
        tuple(common),
        tuple(s for s in first if s not in second),
        tuple(s for s in second if s not in first),
        exact,
        scores,
    )


def holm(p: Mapping[str, float]) -> dict[str, float]:
    """Probabilities of several tests, raised so that any false alarm has at most the level.

    The i-th smallest of n is multiplied by n - i + 1, and is no smaller than the one before it
    (Holm, Scandinavian Journal of Statistics 6, 1979).
    """
    adjusted: dict[str, float] = {}
    highest = 0.0
    for place, name in enumerate(sorted(p, key=lambda name: p[name])):
        highest = max(highest, min(1.0, (len(p) - place) * p[name]))
        adjusted[name] = highest
    return adjusted


def _scores(numbers: NDArray[np.int64], scoring: Protocol) -> dict[str, NDArray[np.float64]]:
    """Headline scores of each row of counts."""
    rows = [scoring.scores_of(row) for row in numbers]
    return {name: np.array([score(s) for s in rows]) for name, score in HEADLINES.items()}


def _all(differing: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Every exchange of differing subjects (R, subjects), the real one (none) first."""
    choices = np.array(list(itertools.product((0, 1), repeat=int(differing.sum()))), dtype=np.int64)
    swaps = np.zeros((len(choices), len(differing)), dtype=np.int64)
    swaps[:, differing] = choices
    return swaps


def _random(differing: NDArray[np.bool_], rounds: int, seed: int) -> NDArray[np.int64]:
    """The real one, then random exchanges (R, subjects)."""
    generator = np.random.default_rng(seed)
    swaps = generator.integers(2, size=(rounds + 1, len(differing))) * differing
    swaps[0] = 0
    return swaps


def _p_value(spread: NDArray[np.float64]) -> float | None:
    """Share of exchanges that differ at least as much as the first, the real one."""
    if np.isnan(spread[0]):
        return None
    defined = spread[~np.isnan(spread)]
    return float((np.abs(defined) >= abs(spread[0]) - _ROUNDING).mean())


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field of a score
    return None if isinstance(value, float) and math.isnan(value) else value
