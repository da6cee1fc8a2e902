import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metst.samples.sampling import balance, negatives_authors, negatives_strict

POSITIVE = st.lists(st.booleans(), max_size=80).map(lambda x: np.array(x, dtype=bool))


@given(POSITIVE, st.floats(0, 6), st.integers(0, 99))
def test_all_positives_and_distinct_sorted_windows(
    positive: np.ndarray, ratio: float, seed: int
) -> None:
    chosen = balance(positive, ratio, np.random.default_rng(seed))
    assert set(np.flatnonzero(positive)) <= set(chosen)
    assert (np.diff(chosen) > 0).all()
    if positive.any():
        wanted = min(int(positive.sum() * ratio), int((~positive).sum()))
        assert (~positive[chosen]).sum() == wanted


@pytest.mark.parametrize(
    ("positives", "negatives", "ratio", "expected"),
    [(10, 100, 4, 40), (10, 41, 4, 40), (10, 40, 4, 38), (10, 1, 4, 0), (3, 10, 0.5, 1)],
)
def test_the_released_rule_leaves_two_out_where_negatives_are_few(
    positives: int, negatives: int, ratio: float, expected: int
) -> None:
    assert negatives_authors(positives, negatives, ratio) == expected


def test_the_strict_rule_takes_all_where_negatives_are_few() -> None:
    assert negatives_strict(10, 40, 4) == 40
    assert negatives_strict(10, 39, 4) == 39


def test_without_positives_the_first_windows_are_taken() -> None:
    generator = np.random.default_rng(0)
    assert balance(np.zeros(70, bool), 4, generator).tolist() == list(range(50))
    assert balance(np.zeros(7, bool), 4, generator).tolist() == list(range(7))


def test_the_generator_decides() -> None:
    positive = np.arange(200) % 20 == 0
    first, same, other = (balance(positive, 2, np.random.default_rng(s)) for s in (1, 1, 2))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)
