"""Flow images from flow and landmarks, against published ones and by hand."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from metst.features.flow_images import (
    flow_mean,
    mean_channels,
    normalized,
    ranges,
    regions,
    softnet_raw,
    whole_face,
)
from metst.features.flow_images.strain import strain_after, strain_before
from metst.features.tv_l1 import flow
from tests.support.boxed_faces import landmarks
from tests.support.parity import each

Images = NDArray[np.float32]


def random_flow(seed: int = 1) -> Images:
    return np.random.default_rng(seed).normal(size=(2, 128, 128)).astype(np.float32)


@pytest.fixture(scope="module", params=each("systems/flow/flow_images_*.npz"))
def published(request: pytest.FixtureRequest) -> dict[str, NDArray[Any]]:
    with np.load(request.param, allow_pickle=False) as file:
        return dict(file)


def test_published_images(published: dict[str, NDArray[Any]]) -> None:
    faces, pairs = published["face"], published["pairs"]
    flows = [flow(faces[i], faces[j]) for i, j in pairs]
    mean, softnet = published["landmarks_mean"], published["landmarks_softnet"]
    raw = np.stack([softnet_raw(f, softnet) for f in flows])
    whole = np.stack([whole_face(f) for f in flows])
    made = {
        "mean": (np.stack([flow_mean(f, mean) for f in flows]), 2e-3),
        "roi_raw": (np.stack([regions(mean_channels(f), mean) for f in flows]), 1e-4),
        "softnet_raw": (raw, 1e-3),
        "softnet": (normalized(raw, ranges(raw)), 3e-3),
        "ststnet": (whole, 1e-2),
        "ststnet_uint8": (whole.round(), 1),
    }
    for name, (images, tolerance) in made.items():
        expected = published[name].transpose(0, 3, 1, 2)
        np.testing.assert_allclose(images, expected, atol=tolerance, rtol=0, err_msg=name)


def test_regions_may_be_normalized_afterwards() -> None:
    """As MEAN's images are defined, the whole crop is normalized first."""
    channels = mean_channels(random_flow())
    least, most = channels.min((1, 2), keepdims=True), channels.max((1, 2), keepdims=True)
    before = regions((channels - least) / (most - least), landmarks())
    np.testing.assert_allclose(flow_mean(channels[:2], landmarks()), before, atol=1e-6)
    kept = regions(channels, landmarks()).astype(np.float16)
    np.testing.assert_allclose(normalized(kept, ranges(channels)), before, atol=3e-4)


def test_strain_of_a_linear_flow() -> None:
    rows, columns = np.mgrid[:6, :8].astype(np.float32)
    linear = np.stack([3 * columns + 1 * rows, 5 * columns + 4 * rows])
    inside = np.sqrt(3**2 + 4**2 + (1 + 5) ** 2 / 2)
    np.testing.assert_allclose(strain_after(linear), inside, rtol=1e-6)
    before = strain_before(linear)
    np.testing.assert_allclose(before[1:, 1:], inside, rtol=1e-6)
    np.testing.assert_allclose(before[1:, 0], np.sqrt(4**2 + 1**2 / 2), rtol=1e-6)
    np.testing.assert_allclose(before[0, 1:], np.sqrt(3**2 + 5**2 / 2), rtol=1e-6)
    assert before[0, 0] == 0


def test_strain_at_the_border_is_repeated_or_zero() -> None:
    noise = random_flow()[:, :5, :7]
    after = strain_after(noise)
    np.testing.assert_array_equal(after[:, -1], after[:, -2])
    np.testing.assert_array_equal(after[-1], after[-2])
    np.testing.assert_array_equal(
        strain_before(noise[:, ::-1, ::-1])[1:, 1:][::-1, ::-1], after[:-1, :-1]
    )


def test_a_channel_without_differences_is_zero() -> None:
    still = np.full((2, 128, 128), 7, np.float32)
    assert not flow_mean(still, landmarks()).any()
    assert not whole_face(still).any()
    assert not softnet_raw(still, landmarks()).any()


def test_brows_are_above_the_mouth() -> None:
    channels = np.zeros((3, 128, 128), np.float32)
    channels[:, 60:] = 1
    image = regions(channels, landmarks())
    assert image.shape == (3, 42, 42)
    assert not image[:, :21].any()
    assert (image[:, 21:] == 1).all()


def test_landmarks_outside_of_the_crop() -> None:
    below = landmarks() + np.array([0, 200])
    for image in (regions(mean_channels(random_flow()), below), softnet_raw(random_flow(), below)):
        assert image.shape == (3, 42, 42)
        assert not image.any()


def test_softnet_knows_neither_head_motion_nor_eyes() -> None:
    moving = random_flow()
    shifted = moving + np.array([2, -3], np.float32)[:, None, None]
    image = softnet_raw(moving, landmarks())
    np.testing.assert_allclose(softnet_raw(shifted, landmarks()), image, atol=1e-5)
    assert image[:2].min() >= 0  # size of u and v, but not of the strain
    assert image[2].min() < 0
    blinking = moving.copy()
    blinking[:, 40:45, 36:48] = 50  # within the left eye, strain included
    np.testing.assert_array_equal(softnet_raw(blinking, landmarks()), image)


def test_whole_faces_have_any_size_and_order() -> None:
    channels = mean_channels(random_flow())
    one = whole_face(channels[:2], 60, ("u", "v", "strain"))
    assert one.shape == (3, 60, 60)
    np.testing.assert_array_equal(whole_face(channels[:2], 60), one[::-1])
    assert (one.min((1, 2)) == 0).all()
    np.testing.assert_allclose(one.max((1, 2)), 255)
    full = whole_face(channels[:2], 128, ("v", "u", "strain"))
    np.testing.assert_allclose(full[0], 255 * normalized(channels, ranges(channels))[1], rtol=1e-5)
