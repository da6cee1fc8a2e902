"""The mean of the longest vectors against sorting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from metst.features.roi_flow.top_mean import top_mean


def sorted_top_mean(flow: np.ndarray, share: float) -> np.ndarray:
    vectors = [tuple(v) for v in flow.reshape(2, -1).T.tolist()]
    vectors.sort(key=lambda v: v[0] ** 2 + v[1] ** 2)
    chosen = vectors[int(len(vectors) * (1 - share)) :]
    return np.array([sum(v[i] for v in chosen) / len(chosen) for i in (0, 1)])


@given(
    st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 12), st.sampled_from([0.2, 0.3, 0.7])
)
def test_top_mean_equals_sorting(seed: int, height: int, width: int, share: float) -> None:
    flow = np.random.default_rng(seed).normal(size=(2, height, width)).astype(np.float32)
    np.testing.assert_allclose(top_mean(flow, share), sorted_top_mean(flow, share), atol=1e-6)


@given(arrays(np.float32, (2, 6, 5), elements=st.sampled_from([0.0, 1.0])))
def test_top_mean_of_equally_long_vectors_is_one_of_their_means(flow: np.ndarray) -> None:
    mean = top_mean(flow, 0.3)
    longest = np.sort((flow**2).sum(0).ravel())[int(30 * 0.7) :].mean()  # mean squared length
    assert abs(mean).sum() <= longest + 1e-6  # of 0/1 vectors: |x| + |y| is the squared length
    assert mean.sum() == pytest.approx(longest)


def test_top_mean_of_nothing_is_zero() -> None:
    assert top_mean(np.zeros((2, 0, 4), np.float32), 0.3).tolist() == [0, 0]
