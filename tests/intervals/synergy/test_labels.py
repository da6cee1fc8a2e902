from collections import Counter
from dataclasses import replace

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from metst.intervals.stitching import Curves
from metst.intervals.synergy import (
    STRATEGIES,
    STRICT,
    frame_classes,
    label_first_seen,
    label_most_probable,
    mean_probabilities,
    span_authors,
    span_inclusive,
)

NEUTRAL = 4
CLASSES = st.lists(st.integers(0, 4), min_size=1, max_size=40)
INTERVAL = st.tuples(st.integers(-8, 45), st.integers(0, 12))
LONGEST = 13


def one_hot(classes: list[int]) -> torch.Tensor:
    return torch.nn.functional.one_hot(torch.tensor([classes]), 5).double()


@settings(deadline=None)
@given(CLASSES, INTERVAL)
def test_the_released_label_is_the_first_seen_mode_of_the_slice(
    classes: list[int], interval: tuple[int, int]
) -> None:
    onset, offset = interval[0], sum(interval)
    on, off = max(0, onset), max(0, offset)
    voting = classes[max(0, on + 1) : max(1, off - 1)]
    expected = Counter(voting).most_common(1)[0][0] if voting else NEUTRAL
    video = torch.zeros(1, dtype=torch.int64)
    ends = torch.tensor([onset]), torch.tensor([offset]), torch.tensor([len(classes)])
    span = span_authors(video, *ends, LONGEST)
    label = label_first_seen(torch.tensor([classes]), span, torch.zeros(1, 5))
    assert label.tolist() == [expected]


@settings(deadline=None)
@given(CLASSES, INTERVAL, st.integers(0, 99))
def test_the_strict_label_is_the_mode_of_all_frames_of_the_interval(
    classes: list[int], interval: tuple[int, int], seed: int
) -> None:
    onset, offset = interval[0], sum(interval)
    logits = torch.randn(
        1, len(classes), 5, generator=torch.Generator().manual_seed(seed), dtype=torch.float64
    )
    video = torch.zeros(1, dtype=torch.int64)
    ends = torch.tensor([onset]), torch.tensor([offset]), torch.tensor([len(classes)])
    span = span_inclusive(video, *ends, LONGEST)
    probabilities = mean_probabilities(logits, span)
    label = label_most_probable(torch.tensor([classes]), span, probabilities)
    frames = [f for f in range(onset, offset + 1) if 0 <= f < len(classes)]
    if not frames:
        assert label.tolist() == [NEUTRAL]
        assert probabilities.tolist() == [[0.0, 0.0, 0.0, 0.0, 1.0]]
        return
    expected = logits[0, frames].softmax(-1).mean(0)
    assert torch.allclose(probabilities[0], expected, atol=1e-12)
    votes = Counter(classes[f] for f in frames)
    most = [c for c in votes if votes[c] == max(votes.values())]
    assert label.tolist() == [max(most, key=lambda c: float(expected[c]))]


def test_neutral_votes_only_where_the_strategy_lets_it() -> None:
    logits = torch.tensor([[[0.1, 0.5, 0.2, 0.3, 2.0], [3.0, 0.0, 0.0, 0.0, 1.0]]])
    assert frame_classes(logits, neutral_votes=True).tolist() == [[4, 0]]
    assert frame_classes(logits, neutral_votes=False).tolist() == [[1, 0]]


def test_a_neutral_logit_of_0_is_for_what_withdraws() -> None:
    logits = torch.tensor([[[0.5, -2.0, -3.0, -4.0, 5.0]]])
    curves = Curves(torch.zeros(1, 1), logits, torch.tensor([1]))
    at = torch.tensor([0])
    for zero, names in ((False, (4, 4, 0)), (True, (4, 0, 0))):
        voting = replace(STRICT, neutral_at_zero=zero)
        _, labels = voting.label(curves, at, (at, at, at), 1)
        assert {k: int(v) for k, v in labels.items()} == dict(
            zip(("none", "recognition_first", "spotting_first"), names, strict=True)
        )


def test_a_strategy_that_withdraws_needs_neutral_votes() -> None:
    assert set(STRATEGIES) >= {"none", "recognition_first", "spotting_first"}
    for strategy in STRATEGIES.values():
        assert strategy.neutral_votes or not strategy.drops_neutral
