import pytest
from hypothesis import given, settings

from metst.intervals.interval import Intervals
from metst.scoring.metrics import (
    Counts,
    judge,
    match_best,
    match_every,
    match_one_to_one,
)
from metst.scoring.metrics.matched import Matching
from tests.support.naive import Row, best_pairs, rows

NEUTRAL = 4


@settings(deadline=None)
@given(rows(6), rows(5))
def test_counts_add_up(predicted: list[Row], annotated: list[Row]) -> None:
    annotated = [(v, on, off, min(c, 3)) for v, on, off, c in annotated]
    matched = judge(Intervals.of(predicted), Intervals.of(annotated), match_one_to_one, emotions=4)
    counts = matched.counts()
    tp = best_pairs(predicted, annotated, 0.5)[0]
    assert int(counts.tp) == tp
    assert int(counts.fp) == len(predicted) - tp
    assert int(counts.fn) == len(annotated) - tp
    assert int(counts.confusion.sum()) == tp
    assert counts.annotated.tolist() == [sum(r[3] == c for r in annotated) for c in range(4)]


@pytest.mark.parametrize(("withdraw_first", "expected"), [(True, (1, 0, 0)), (False, (0, 1, 1))])
def test_an_annotation_held_by_a_neutral_candidate(
    withdraw_first: bool, expected: tuple[int, int, int]
) -> None:
    predicted = Intervals.of([(0, 0, 9, NEUTRAL), (0, 1, 10, 2)])
    annotated = Intervals.of([(0, 0, 9, 2)])
    matched = judge(
        predicted, annotated, match_best, emotions=4, withdraws=True, withdraw_first=withdraw_first
    )
    counts = matched.counts()
    assert (int(counts.tp), int(counts.fp), int(counts.fn)) == expected


@settings(deadline=None)
@given(rows(6), rows(5))
def test_withdrawing_first_is_deleting_the_rows(predicted: list[Row], annotated: list[Row]) -> None:
    left = [row for row in predicted if row[3] != NEUTRAL]
    for match in (match_best, match_one_to_one):
        got = _counts(predicted, annotated, match, withdraws=True)
        assert same(got, _counts(left, annotated, match, withdraws=False))


def _counts(predicted: list[Row], annotated: list[Row], match: Matching, withdraws: bool) -> Counts:
    a, b = Intervals.of(predicted), Intervals.of(annotated)
    return judge(a, b, match, emotions=4, withdraws=withdraws).counts()


def same(a: Counts, b: Counts) -> bool:
    return a.numbers().tolist() == b.numbers().tolist()


def test_numbers_and_back() -> None:
    predicted = Intervals.of([(0, 0, 9, 1), (0, 30, 40, 2)])
    annotated = Intervals.of([(0, 1, 10, 2), (0, 60, 70, 3)])
    counts = judge(predicted, annotated, match_one_to_one, emotions=4).counts()
    assert same(Counts.of_numbers(counts.numbers(), 4), counts)
    assert same(counts + Counts.zero(4), counts)
    alone = judge(predicted, annotated, match_one_to_one, emotions=0).counts()
    assert same(Counts.of_numbers(alone.numbers(), 0), alone)
    assert (int(alone.tp), int(alone.fp), int(alone.fn), alone.annotated.numel()) == (1, 1, 1, 0)


def test_what_ends_before_it_begins_is_found_by_nothing_and_harms_nothing() -> None:
    predicted = Intervals.of([(0, 5, 13, 1), (0, 30, 40, 1)])
    annotated = Intervals.of([(0, 20, 10, 1), (0, 30, 40, 1)])  # 9 frames and -9: none in all
    for match in (match_best, match_every, match_one_to_one):
        counts = judge(predicted, annotated, match, emotions=4).counts()
        assert (int(counts.tp), int(counts.fp), int(counts.fn)) == (1, 1, 1)
