import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from metst.intervals.interval import Intervals, overlap
from metst.scoring.metrics import match_best, match_every, match_one_to_one
from metst.scoring.metrics.matched import Matching
from tests.support.naive import Row, best_pairs, greedy_best, greedy_every, rows

THRESHOLDS = st.sampled_from([0.1, 0.3, 0.5, 0.7])
ALL = (match_best, match_every, match_one_to_one)


def owners(match: Matching, predicted: list[Row], annotated: list[Row], iou: float) -> list[int]:
    result: list[int] = match(
        overlap(Intervals.of(predicted), Intervals.of(annotated)), iou
    ).tolist()
    return result


@settings(deadline=None, max_examples=200)
@given(rows(7), rows(6), THRESHOLDS)
def test_released_rule(predicted: list[Row], annotated: list[Row], iou: float) -> None:
    expected = greedy_best(predicted, annotated, iou)
    assert owners(match_best, predicted, annotated, iou) == expected


@settings(deadline=None, max_examples=200)
@given(rows(7), rows(6), THRESHOLDS)
def test_evaluators_rule(predicted: list[Row], annotated: list[Row], iou: float) -> None:
    expected = greedy_every(predicted, annotated, iou)
    assert owners(match_every, predicted, annotated, iou) == expected


@settings(deadline=None, max_examples=100)
@given(rows(5), rows(5), THRESHOLDS)
def test_one_to_one_is_the_best_there_is(
    predicted: list[Row], annotated: list[Row], iou: float
) -> None:
    overlaps = overlap(Intervals.of(predicted), Intervals.of(annotated))
    owner = match_one_to_one(overlaps, iou)
    pairs = [(int(p), g) for g, p in enumerate(owner) if p >= 0]
    assert len({p for p, _ in pairs}) == len(pairs)
    values = [float(overlaps[p, g]) for p, g in pairs]
    assert all(value >= iou for value in values)
    count, total = best_pairs(predicted, annotated, iou)
    assert len(pairs) == count
    assert sum(values) == pytest.approx(total)


def test_where_the_rules_differ() -> None:
    # The first prediction overlaps both annotations, the second only the one it takes away.
    predicted = [(0, 0, 9, 0), (0, 0, 7, 0)]
    annotated = [(0, 0, 8, 0), (0, 2, 11, 0)]
    assert owners(match_best, predicted, annotated, 0.5) == [0, -1]
    assert owners(match_every, predicted, annotated, 0.5) == [0, 0]
    assert owners(match_one_to_one, predicted, annotated, 0.5) == [1, 0]


@pytest.mark.parametrize("match", ALL)
@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nothing_to_match(match: Matching, shape: tuple[int, int]) -> None:
    assert match(torch.zeros(shape, dtype=torch.float64), 0.5).tolist() == [-1] * shape[1]
