"""Flow between patches and its top mean."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from metst.roi_flow.farneback import farneback, top_mean
from tests.roi_flow.faces import shifted, texture


def sorted_top_mean(flow: np.ndarray, share: float) -> np.ndarray:
    vectors = [tuple(v) for v in flow.reshape(-1, 2).tolist()]
    vectors.sort(key=lambda v: v[0] ** 2 + v[1] ** 2)
    chosen = vectors[int(len(vectors) * (1 - share)) :]
    return np.array([sum(v[i] for v in chosen) / len(chosen) for i in (0, 1)])


@given(
    st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 12), st.sampled_from([0.2, 0.3, 0.7])
)
def test_top_mean_equals_sorting(seed: int, height: int, width: int, share: float) -> None:
    flow = np.random.default_rng(seed).normal(size=(height, width, 2)).astype(np.float32)
    np.testing.assert_allclose(top_mean(flow, share), sorted_top_mean(flow, share), atol=1e-6)


@given(arrays(np.float32, (6, 5, 2), elements=st.sampled_from([0.0, 1.0])))
def test_top_mean_of_equally_long_vectors_is_one_of_their_means(flow: np.ndarray) -> None:
    mean = top_mean(flow, 0.3)
    longest = np.sort((flow**2).sum(-1).ravel())[int(30 * 0.7) :].mean()  # mean squared length
    assert abs(mean).sum() <= longest + 1e-6  # of 0/1 vectors: |x| + |y| is the squared length
    assert mean.sum() == pytest.approx(longest)


def test_top_mean_of_nothing_is_zero() -> None:
    assert top_mean(np.zeros((0, 4, 2), np.float32), 0.3).tolist() == [0, 0]


@pytest.mark.parametrize(("right", "down"), [(0.0, 0.0), (1.5, 0.0), (0.0, -2.0), (0.7, 1.3)])
def test_flow_of_a_shift_is_the_shift(right: float, down: float) -> None:
    first = texture(11, 80, 90)
    flow = farneback(first, shifted(first, right, down))
    inner = flow[20:-20, 20:-20].reshape(-1, 2).mean(axis=0)
    np.testing.assert_allclose(inner, (right, down), atol=0.1)


@pytest.mark.parametrize("height", [1, 2, 5, 17])
@pytest.mark.parametrize("width", [1, 3, 8, 33])
def test_tiny_patches_give_finite_flow(height: int, width: int) -> None:
    flow = farneback(texture(1, height, width), texture(2, height, width))
    assert flow.shape == (height, width, 2)
    assert np.isfinite(flow).all()
