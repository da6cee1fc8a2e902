import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from metst.base.errors import ConfigError
from metst.datasets.labels.records import EMOTIONS
from metst.samples.targets import class_weights, frame_labels

SAMPLES = st.lists(
    st.tuples(st.integers(-1, 60), st.integers(-1, 70), st.integers(0, 3)), max_size=5
)


@given(SAMPLES, st.integers(0, 60))
def test_frames_strictly_inside_a_sample_are_labeled(
    samples: list[tuple[int, int, int]], length: int
) -> None:
    spot, emotion = frame_labels([s[:2] for s in samples], [s[2] for s in samples], length, 4)
    for frame in range(length):
        inside = [c for onset, offset, c in samples if onset < frame < offset]
        assert spot[frame] == bool(inside)
        assert emotion[frame] == (inside[-1] if inside else 4)


def test_as_many_classes_as_samples_are_expected() -> None:
    with pytest.raises(ValueError, match="zip"):
        frame_labels([(0, 5)], [], 10, 4)


@given(st.lists(st.integers(1, 1000), min_size=5, max_size=5), st.sampled_from([0.0, 1.0, 6.0]))
def test_weighted_classes_weigh_the_same(counts: list[int], factor: float) -> None:
    weights = class_weights(torch.tensor(counts), factor, missing="error", emotions=EMOTIONS)
    total = [w * n for w, n in zip(weights.tolist(), counts, strict=True)]
    expected = sum(counts) / 5
    assert total[:4] == pytest.approx([expected] * 4, rel=1e-5)
    assert total[4] == pytest.approx(expected * factor, rel=1e-5)


def test_a_missing_class_is_named_and_refused() -> None:
    with pytest.raises(ConfigError, match="surprise"):
        class_weights(torch.tensor([5, 5, 0, 5, 5]), 6.0, missing="error", emotions=EMOTIONS)


def test_a_missing_class_can_be_ignored() -> None:
    weights = class_weights(
        torch.tensor([5, 10, 0, 5, 20]), 1.0, missing="ignore", emotions=EMOTIONS
    )
    assert weights.tolist() == pytest.approx([2.0, 1.0, 0.0, 2.0, 0.5])


def test_no_frames_at_all_are_refused() -> None:
    with pytest.raises(ConfigError, match="expected training frames"):
        class_weights(torch.zeros(5), 6.0, missing="ignore", emotions=EMOTIONS)
