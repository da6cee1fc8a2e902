"""DIS flow between patches of any size."""

import cv2
import numpy as np
import pytest

from metst.features import dis
from tests.support.faces import shifted, texture


@pytest.mark.parametrize(("height", "width"), [(16, 48), (50, 26), (73, 170)])
def test_flow_is_that_of_opencv(height: int, width: int) -> None:
    image = texture(height, height, width)
    other = shifted(image, 1.3, -0.6)
    method = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    expected = method.calc(image, other, np.empty(0))
    np.testing.assert_array_equal(dis.flow(image, other), np.moveaxis(expected, 2, 0))


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (90, 3), (47, 47), (15, 200), (20, 30)])
def test_patches_too_small_for_opencv_have_a_flow(shape: tuple[int, int]) -> None:
    image = texture(sum(shape), *shape)
    flow = dis.flow(image, image)
    assert flow.shape == (2, *shape)
    np.testing.assert_allclose(flow, 0, atol=1e-6)


def test_flow_of_a_shift_is_the_shift() -> None:
    image = texture(5, 40, 40)
    inner = dis.flow(image, shifted(image, 1.0, -0.5))[:, 10:-10, 10:-10].mean(axis=(1, 2))
    np.testing.assert_allclose(inner, (1.0, -0.5), atol=0.15)
