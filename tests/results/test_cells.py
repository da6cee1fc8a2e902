"""Mean, spread and interval of several runs."""

import numpy as np
import pytest
import torch

from metst.results.cells import cells
from metst.results.layouts import LAYOUTS
from metst.scoring.metrics.counts import Counts
from metst.scoring.protocols import get_protocol


def counts(tp: int, fp: int, fn: int) -> Counts:
    """All MEs of the first emotion, every found one recognized."""
    confusion = torch.zeros(4, 5, dtype=torch.int64)
    confusion[0, 0] = tp
    annotated = torch.tensor([tp + fn, 0, 0, 0])
    return Counts(torch.tensor(tp), torch.tensor(fp), torch.tensor(fn), confusion, annotated)


def f1(tp: int, fp: int, fn: int) -> float:
    return 2 * tp / (2 * tp + fp + fn)


def test_mean_and_spread_are_over_seeds() -> None:
    seeds = [
        {"a": counts(3, 1, 0), "b": counts(1, 1, 2)},
        {"a": counts(2, 2, 1), "b": counts(2, 0, 1)},
    ]
    cell = cells(seeds, get_protocol("strict"), LAYOUTS["spotting"])[0]
    values = [f1(4, 2, 2), f1(4, 2, 2)]
    assert cell.mean == pytest.approx(np.mean(values))
    assert cell.spread == pytest.approx(np.std(values, ddof=1))
    assert cell.low is not None
    assert cell.high is not None
    # The only draws of two subjects: both, a twice, b twice; each averaged over the seeds.
    twice = [np.mean([f1(3, 1, 0), f1(2, 2, 1)]), np.mean([f1(1, 1, 2), f1(2, 0, 1)])]
    assert cell.low == pytest.approx(min([*twice, *values]))
    assert cell.high == pytest.approx(max([*twice, *values]))


def test_one_seed_has_no_spread() -> None:
    cell = cells([{"a": counts(1, 1, 1)}], get_protocol("strict"), LAYOUTS["spotting"])[1]
    assert cell.mean == pytest.approx(0.5)
    assert cell.spread is None


def test_an_undefined_score_of_one_seed_is_not_averaged_away() -> None:
    found_none = counts(0, 1, 2)
    seeds = [{"a": counts(1, 0, 1)}, {"a": found_none}]
    strict = cells(seeds, get_protocol("strict"), LAYOUTS["analysis"])
    assert [cell.mean is None for cell in strict] == [False, False, False]
    recognition = cells(seeds, get_protocol("authors"), LAYOUTS["recognition"])
    assert recognition[1].mean is None
