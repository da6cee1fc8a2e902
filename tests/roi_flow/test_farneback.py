"""Flow between patches against OpenCV's, and its top mean against sorting."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from metst.roi_flow.farneback import Flow, expand, farneback, top_mean
from metst.video import Frame
from tests.roi_flow.faces import shifted, texture


def flow_between(first: Frame, second: Frame) -> Flow:
    return farneback(expand(first), expand(second))


def opencv_flow(first: Frame, second: Frame) -> Flow:
    """The reference: parameters of the authors' released code."""
    empty = np.empty((*first.shape, 2), np.float32)
    flow = cv2.calcOpticalFlowFarneback(first, second, empty, 0.5, 3, 15, 5, 7, 1.5, 0)
    return np.moveaxis(flow, 2, 0).astype(np.float32)


@pytest.mark.parametrize(
    ("height", "width"),
    [(45, 117), (73, 170), (51, 27), (64, 64), (63, 65), (129, 140), (9, 8), (5, 60), (3, 3)],
)
@pytest.mark.parametrize("motion", [(0.0, 0.0), (0.6, -0.3), (6.0, 4.0), (-25.0, 10.0)])
def test_flow_is_that_of_opencv(height: int, width: int, motion: tuple[float, float]) -> None:
    image = texture(height + width, height, width)
    other = shifted(image, *motion)
    flow = flow_between(image, other)
    assert flow.shape == (2, height, width)
    np.testing.assert_allclose(flow, opencv_flow(image, other), rtol=1e-6, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 80), st.integers(2, 80))
def test_flow_of_noise_is_that_of_opencv(seed: int, height: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, 256, (2, height, width), dtype=np.uint8)
    expected = opencv_flow(first, second)
    np.testing.assert_allclose(flow_between(first, second), expected, rtol=1e-6, atol=1e-9)


def test_an_expansion_serves_many_pairs() -> None:
    first, others = texture(1, 70, 90), [texture(seed, 70, 90) for seed in (2, 3, 2)]
    expansion = expand(first)
    flows = [farneback(expansion, expand(other)) for other in others]
    np.testing.assert_array_equal(flows[0], flows[2])
    assert (flows[0] != flows[1]).any()


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


@pytest.mark.parametrize(("right", "down"), [(0.0, 0.0), (1.5, 0.0), (0.0, -2.0), (0.7, 1.3)])
def test_flow_of_a_shift_is_the_shift(right: float, down: float) -> None:
    first = texture(11, 80, 90)
    flow = flow_between(first, shifted(first, right, down))
    inner = flow[:, 20:-20, 20:-20].mean(axis=(1, 2))
    np.testing.assert_allclose(inner, (right, down), atol=0.1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (2, 2)])
def test_patches_without_a_gradient_do_not_move(shape: tuple[int, int]) -> None:
    flow = flow_between(texture(1, *shape), texture(2, *shape))
    assert flow.shape == (2, *shape)
    np.testing.assert_allclose(flow, 0, atol=1e-9)
