import math
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metst.scoring.metrics import average_authors, average_strict, average_strs

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=12)
ANALYZED = st.sampled_from([(0, 1, 2, 3), (0, 1, 2)])
NEUTRAL = 4


def matrix(pairs: list[tuple[int, int]]) -> list[list[int]]:
    counts = [[0] * 5 for _ in range(4)]
    for annotated, predicted in pairs:
        counts[annotated][predicted] += 1
    return counts


def division(a: float, b: float) -> float:
    return a / b if b else math.nan


def nan_to_zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def mean(values: list[float]) -> float:
    return statistics.fmean(values) if values else math.nan


def binary(pairs: list[tuple[int, int]], c: int) -> tuple[float, float, float, bool]:
    """Precision, recall and F1 of one class, and whether its two lists hold a single value."""
    annotated, predicted = [a == c for a, _ in pairs], [p == c for _, p in pairs]
    hits = sum(a and p for a, p in zip(annotated, predicted, strict=True))
    precision, recall = division(hits, sum(predicted)), division(hits, sum(annotated))
    f1 = division(2 * hits, sum(predicted) + sum(annotated))
    return precision, recall, f1, len({*annotated, *predicted}) < 2


@settings(deadline=None, max_examples=300)
@given(PAIRS, ANALYZED)
def test_released_averages(pairs: list[tuple[int, int]], analyzed: tuple[int, ...]) -> None:
    judged = [pair for pair in pairs if pair[0] in analyzed]
    classes = [binary(judged, c) for c in analyzed]
    used = [c for c in classes if not c[3]]
    precision = mean([nan_to_zero(c[0]) for c in used])
    recall = mean([nan_to_zero(c[1]) for c in used])
    got = average_authors(matrix(pairs), analyzed)
    expected = {
        "uf1": mean([c[2] for c in used]),
        "uar": math.nan if any(math.isnan(c[1]) for c in used) else mean([c[1] for c in used]),
        "precision": precision,
        "recall": recall,
        "f1": division(2 * precision * recall, precision + recall),
    }
    for name, value in expected.items():
        assert getattr(got, name) == pytest.approx(value, nan_ok=True), name
    assert bool(got.flags) == math.isnan(expected["uar"])


@settings(deadline=None, max_examples=300)
@given(PAIRS, ANALYZED)
def test_strict_averages(pairs: list[tuple[int, int]], analyzed: tuple[int, ...]) -> None:
    judged = [pair for pair in pairs if pair[0] in analyzed]
    present = [c for c in analyzed if any(a == c for a, _ in judged)]
    classes = [binary(judged, c) for c in present]
    precision = nan_to_zero(mean([nan_to_zero(c[0]) for c in classes]))
    recall = nan_to_zero(mean([c[1] for c in classes]))
    got = average_strict(matrix(pairs), analyzed)
    assert got.uf1 == pytest.approx(nan_to_zero(mean([c[2] for c in classes])))
    assert got.uar == got.recall == pytest.approx(recall)
    assert got.precision == pytest.approx(precision)
    harmonic = nan_to_zero(division(2 * precision * recall, precision + recall))
    assert got.f1 == pytest.approx(harmonic)


@settings(deadline=None, max_examples=300)
@given(PAIRS, ANALYZED)
def test_evaluators_averages(pairs: list[tuple[int, int]], analyzed: tuple[int, ...]) -> None:
    judged = [pair for pair in pairs if pair[0] in analyzed]
    precisions, recalls, scores = [], [], []
    for c in analyzed:
        precision, recall, f1, trivial = binary(judged, c)
        precisions.append(0.0 if trivial else nan_to_zero(precision))
        recalls.append(0.0 if trivial else nan_to_zero(recall))
        scores.append(0.0 if trivial else nan_to_zero(f1))
    got = average_strs(matrix(pairs), analyzed)
    assert got.uar == got.precision == pytest.approx(mean(precisions))
    assert got.recall == pytest.approx(mean(recalls))
    assert got.uf1 == pytest.approx(mean(scores))


def test_a_perfect_single_class() -> None:
    perfect = matrix([(1, 1)] * 3)
    assert average_strict(perfect, range(4)).uf1 == 1.0
    assert math.isnan(average_authors(perfect, range(4)).uf1)
    assert average_strs(perfect, range(4)).uf1 == 0.0
