"""Naive references for the metric tests, interval by interval and frame by frame."""

from itertools import permutations

from hypothesis import strategies as st

Row = tuple[int, int, int, int]
"""Video, onset, offset, class."""


def rows(most: int) -> st.SearchStrategy[list[Row]]:
    """Some short intervals in two videos, close enough to overlap."""
    one = st.tuples(st.integers(0, 1), st.integers(-3, 30), st.integers(0, 8), st.integers(0, 4))
    intervals = one.map(lambda r: (r[0], r[1], r[1] + r[2], r[3]))
    return st.lists(intervals, max_size=most)


def iou(a: Row, b: Row) -> float:
    """Intersection over union by sets of frames."""
    first, second = (set(range(r[1], r[2] + 1)) for r in (a, b))
    return len(first & second) / len(first | second) if a[0] == b[0] else 0.0


def best_pairs(predicted: list[Row], annotated: list[Row], threshold: float) -> tuple[int, float]:
    """Most one-to-one pairs, and the largest sum of overlaps among those, by trying all."""
    best = (0, 0.0)
    short, long = sorted((predicted, annotated), key=len)
    for chosen in permutations(long, len(short)):
        values = [iou(a, b) for a, b in zip(short, chosen, strict=True)]
        values = [value for value in values if value >= threshold]
        best = max(best, (len(values), sum(values)))
    return best


def greedy_best(predicted: list[Row], annotated: list[Row], threshold: float) -> list[int]:
    """The released rule: the last annotation of highest overlap, if it is still free."""
    owner = [-1] * len(annotated)
    for index, row in enumerate(predicted):
        target, highest = -1, 0.0
        for place, other in enumerate(annotated):
            if other[0] == row[0] and iou(row, other) >= highest:
                target, highest = place, iou(row, other)
        if target >= 0 and highest >= threshold and owner[target] < 0:
            owner[target] = index
    return owner


def greedy_every(predicted: list[Row], annotated: list[Row], threshold: float) -> list[int]:
    """The STRS evaluator's rule: all annotations that are free and overlap enough."""
    owner = [-1] * len(annotated)
    for index, row in enumerate(predicted):
        for place, other in enumerate(annotated):
            if owner[place] < 0 and iou(row, other) >= threshold:
                owner[place] = index
    return owner
