"""TV-L1 flow between two images against OpenCV's."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.features.tv_l1 import flow
from metst.video import Frame
from tests.support import parity
from tests.support.faces import shifted, texture


def opencv_flow(first: Frame, second: Frame) -> np.ndarray:
    """The reference; one object per pair, for it remembers the number of scales of a small one."""
    found = cv2.optflow.DualTVL1OpticalFlow_create().calc(first, second, np.empty(0))
    return np.moveaxis(found, 2, 0)


@pytest.mark.parametrize(
    ("height", "width"), [(128, 128), (64, 41), (39, 90), (20, 21), (15, 17), (5, 40), (2, 2)]
)
@pytest.mark.parametrize("motion", [(0.0, 0.0), (0.6, -0.3), (4.0, 3.0)])
def test_flow_is_that_of_opencv(height: int, width: int, motion: tuple[float, float]) -> None:
    image = texture(height + width, height, width)
    other = shifted(image, *motion)
    found = flow(image, other)
    assert found.shape == (2, height, width)
    np.testing.assert_array_equal(found, opencv_flow(image, other))


@pytest.mark.parametrize("seed", range(3))
def test_flow_of_noise_is_that_of_opencv(seed: int) -> None:
    """Noise moves far, and much of it beyond the border."""
    first, second = np.random.default_rng(seed).integers(0, 256, (2, 40, 50), dtype=np.uint8)
    np.testing.assert_array_equal(flow(first, second), opencv_flow(first, second))


def test_flow_of_a_shift_is_the_shift() -> None:
    image = texture(11, 80, 90)
    inner = flow(image, shifted(image, 1.5, -0.5))[:, 20:-20, 20:-20].mean(axis=(1, 2))
    np.testing.assert_allclose(inner, (1.5, -0.5), atol=0.1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1)])
def test_single_rows_and_columns_have_a_flow(shape: tuple[int, int]) -> None:
    image = texture(1, *shape)
    np.testing.assert_allclose(flow(image, image), 0, atol=1e-6)


def test_images_of_two_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"one size, got \(8, 9\) and \(9, 8\)"):
        flow(texture(1, 8, 9), texture(1, 9, 8))


@pytest.mark.parametrize("path", parity.each("systems/flow/flow_images_*.npz"))
def test_published_flow(path: Path) -> None:
    published = np.load(path)
    for (i, j), expected in zip(published["pairs"], published["tvl1_flow"], strict=False):
        found = flow(published["face"][i], published["face"][j])
        np.testing.assert_allclose(found, np.moveaxis(expected, 2, 0), atol=1e-3, rtol=0)
