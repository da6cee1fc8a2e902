"""Filters as matrices against the same filters applied pixel by pixel."""

import math

import cv2
import numpy as np
import pytest

from metst.features.farneback import filters


def signal(length: int) -> np.ndarray:
    return np.random.default_rng(length).normal(size=length)


def windows(values: np.ndarray, reach: int) -> np.ndarray:
    """The neighborhood of each value, the border repeated: (length, 2 reach + 1)."""
    wide = np.pad(values, reach, mode="edge")
    return np.lib.stride_tricks.sliding_window_view(wide, 2 * reach + 1)


@pytest.mark.parametrize("length", [1, 2, 7, 20])
def test_moments_are_weighted_sums_around_each_pixel(length: int) -> None:
    reach, sigma = 4, 1.3
    distance = np.arange(-reach, reach + 1)
    weight = np.array([math.exp(-(d**2) / (2 * sigma**2)) for d in distance])
    weight /= weight.sum()
    around = windows(signal(length), reach)
    expected = [(around * weight * distance**power).sum(1) for power in range(3)]
    moments = filters.moments(length, reach, sigma)
    np.testing.assert_allclose(moments @ signal(length), expected, atol=1e-6)


@pytest.mark.parametrize("length", [1, 5, 30])
@pytest.mark.parametrize("size", [1, 9, 10])
def test_the_average_is_over_a_box_of_odd_side(length: int, size: int) -> None:
    """OpenCV sums 11 pixels for a size of 10, and divides by 10."""
    expected = windows(signal(length), size // 2).sum(1) / size
    np.testing.assert_allclose(filters.average(length, size) @ signal(length), expected, atol=1e-9)


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.25])
@pytest.mark.parametrize("shape", [(40, 33), (64, 90)])
def test_shrinking_is_that_of_opencv(scale: float, shape: tuple[int, int]) -> None:
    image = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    sigma = (1 / scale - 1) / 2
    side = max(round(sigma * 5) | 1, 3)
    smooth = cv2.GaussianBlur(image, (side, side), sigma)
    height, width = (round(length * scale) for length in shape)
    expected = cv2.resize(smooth, (width, height))
    rows, columns = (filters.shrink(length, scale) for length in shape)
    np.testing.assert_allclose(rows @ image @ columns.T, expected, atol=1e-5)


@pytest.mark.parametrize(("length", "target"), [(5, 5), (5, 10), (7, 13), (1, 3)])
def test_enlarging_interpolates_between_centers(length: int, target: int) -> None:
    places = (np.arange(target) + 0.5) * length / target - 0.5
    expected = np.interp(places, np.arange(length), signal(length))
    np.testing.assert_allclose(
        filters.enlarge(length, target) @ signal(length), expected, atol=1e-6
    )


@pytest.mark.parametrize(
    ("side", "scale", "most", "expected"),
    [(31, 0.5, 3, 0), (63, 0.5, 3, 0), (64, 0.5, 3, 1), (256, 0.5, 3, 3), (900, 0.5, 3, 3)],
)
def test_no_level_is_smaller_than_32_pixels(
    side: int, scale: float, most: int, expected: int
) -> None:
    assert filters.levels_of(side, scale, most) == expected


def test_the_inverse_gram_matrix_inverts_the_full_one() -> None:
    """Of the six monomials 1, x, y, x², y², xy under the Gaussian weight."""
    reach, sigma = 6, 1.7
    axis = np.arange(-reach, reach + 1, dtype=np.float64)
    y, x = (grid.ravel() for grid in np.meshgrid(axis, axis, indexing="ij"))
    weight = np.exp(-(x**2 + y**2) / (2 * sigma**2))
    basis = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y])
    inverse = np.linalg.inv((basis * (weight / weight.sum())) @ basis.T)
    expected = inverse[1, 1], inverse[0, 3], inverse[3, 3], inverse[5, 5]
    found = filters.inverse_moments(filters.taps(reach, sigma)[0])
    np.testing.assert_allclose(found, expected, rtol=1e-5)
