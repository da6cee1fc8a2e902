"""Flow between two patches against OpenCV's."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metst.features.farneback import Flow, expand, flow_between
from metst.video import Frame
from tests.support.faces import shifted, texture


def flow_of(first: Frame, second: Frame) -> Flow:
    return flow_between(expand(first), expand(second))


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
    flow = flow_of(image, other)
    assert flow.shape == (2, height, width)
    np.testing.assert_allclose(flow, opencv_flow(image, other), rtol=1e-6, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 80), st.integers(2, 80))
def test_flow_of_noise_is_that_of_opencv(seed: int, height: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, 256, (2, height, width), dtype=np.uint8)
    expected = opencv_flow(first, second)
    np.testing.assert_allclose(flow_of(first, second), expected, rtol=1e-6, atol=1e-9)


def test_an_expansion_serves_many_pairs() -> None:
    first, others = texture(1, 70, 90), [texture(seed, 70, 90) for seed in (2, 3, 2)]
    expansion = expand(first)
    flows = [flow_between(expansion, expand(other)) for other in others]
    np.testing.assert_array_equal(flows[0], flows[2])
    assert (flows[0] != flows[1]).any()


@pytest.mark.parametrize(("right", "down"), [(0.0, 0.0), (1.5, 0.0), (0.0, -2.0), (0.7, 1.3)])
def test_flow_of_a_shift_is_the_shift(right: float, down: float) -> None:
    first = texture(11, 80, 90)
    flow = flow_of(first, shifted(first, right, down))
    inner = flow[:, 20:-20, 20:-20].mean(axis=(1, 2))
    np.testing.assert_allclose(inner, (right, down), atol=0.1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (2, 2)])
def test_patches_without_a_gradient_do_not_move(shape: tuple[int, int]) -> None:
    flow = flow_of(texture(1, *shape), texture(2, *shape))
    assert flow.shape == (2, *shape)
    np.testing.assert_allclose(flow, 0, atol=1e-9)
