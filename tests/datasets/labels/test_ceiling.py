"""What intervals of one length can find at all."""

from metst.datasets.labels import Expression, Recording, Timebase
from metst.datasets.labels.ceiling import Ceiling, ceiling


def recording(lengths: list[int], skip: int = 1) -> Recording:
    rows = [
        Expression("s", "v", 1 + 1000 * i, 2 + 1000 * i, n + 1000 * i, "micro", "negative", "sad")
        for i, n in enumerate(lengths)
    ]
    return Recording("s", "v", 100_000, Timebase(30.0, skip), tuple(rows))


def best_iou(n: int, m: int) -> float:
    """By trying every place of an interval of m frames around one of n."""
    truth = set(range(n))
    places = (set(range(start, start + m)) for start in range(-m, n + 1))
    return max(len(truth & place) / len(truth | place) for place in places)


def test_reachable_is_what_some_place_reaches() -> None:
    lengths = list(range(1, 60))
    found = ceiling([recording(lengths)], k_p=7)
    expected = sum(best_iou(n, 15) >= 0.5 for n in lengths)
    assert found == Ceiling(7, expected, 59)
    assert found is not None
    assert found.frames == 15


def test_the_length_is_the_authors_half_mean() -> None:
    """Lengths 11 and 31: the mean of offset - onset is 20, k_p = int(21 / 2)."""
    found = ceiling([recording([11, 31])])
    assert found == Ceiling(10, 2, 2)  # 11/21 and 21/31
    assert "21 frames (2 k_p + 1, k_p 10)" in str(found)
    assert "2 of 2 micro-expressions (100%)" in str(found)


def test_lengths_are_sub_sampled() -> None:
    """Own frames 1-71 at every 7th are the sub-sampled frames 0-10."""
    found = ceiling([recording([71], skip=7)], k_p=2)
    assert found == Ceiling(2, 0, 1)  # 5/11
    assert ceiling([recording([71], skip=7)], k_p=3) == Ceiling(3, 1, 1)


def test_without_a_sample_there_is_none() -> None:
    assert ceiling([recording([])]) is None
