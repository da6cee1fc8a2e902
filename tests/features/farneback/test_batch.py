"""Flow of many pairs at once against OpenCV's, one pair after the other."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from metst.features.farneback.axis import Size
from metst.features.farneback.batch import BatchedFarneback, frames_of
from metst.features.farneback.parameters import DEFAULT, Parameters
from metst.features.roi_flow import ME_TST_ROIS
from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.crop import cut
from metst.features.roi_flow.layout import Layout
from metst.video import Frame
from tests.support.faces import shifted, texture

TOLERANCE = 1e-2  # pixels, wherever the flow is
AIM = 1e-3  # pixels, on images that flow can be measured on

Pair = tuple[Frame, Frame]

SIZES = [(45, 117), (73, 170), (51, 27), (64, 64), (63, 65), (129, 140), (9, 8), (3, 3), (2, 5)]

PARAMETERS = [
    Parameters(),
    Parameters(levels=0, iterations=1),
    Parameters(levels=5, winsize=9, iterations=3, poly_n=5, poly_sigma=1.1),
    Parameters(winsize=10, poly_sigma=1.7),
    Parameters(pyr_scale=0.7, iterations=2),
    Parameters(winsize=21),
]


def opencv_flow(pair: Pair, p: Parameters = DEFAULT) -> NDArray[np.float32]:
    """The reference: (2, h, w)."""
    numbers = (p.pyr_scale, p.levels, p.winsize, p.iterations, p.poly_n, p.poly_sigma, 0)
    flow = cv2.calcOpticalFlowFarneback(*pair, np.empty(0), *numbers)
    return np.moveaxis(flow, 2, 0).astype(np.float32)


def padded(images: list[Frame], fill: int = 0) -> torch.Tensor:
    """Images (N, H, W) in the upper left corner, something else beside them."""
    extent = [max(image.shape[i] for image in images) for i in (0, 1)]
    out = torch.full((len(images), *extent), fill, dtype=torch.uint8)
    for place, image in zip(out, images, strict=True):
        place[: image.shape[0], : image.shape[1]] = torch.from_numpy(image)
    return out


def batched(
    pairs: list[Pair], parameters: Parameters = DEFAULT, fill: int = 0, device: str = "cpu"
) -> torch.Tensor:
    """Flow (N, 2, H, W) of all pairs."""
    sizes = [first.shape for first, _ in pairs]
    first, second = (padded(list(images), fill).to(device) for images in zip(*pairs, strict=True))
    return farneback(first, second, sizes, parameters)


def farneback(
    first: torch.Tensor,
    second: torch.Tensor,
    sizes: Sequence[Size] | None = None,
    parameters: Parameters = DEFAULT,
) -> torch.Tensor:
    """Flow (N, 2, H, W) that takes each first image (N, H, W) to the second one."""
    count, height, width = first.shape
    known = [(height, width)] * count if sizes is None else sizes
    method = BatchedFarneback(known, (height, width), first.device, parameters)
    return method.flow(method.expand(first[:, None]), method.expand(second[:, None]))[:, 0]


def differences(
    pairs: list[Pair], flows: torch.Tensor, parameters: Parameters = DEFAULT
) -> list[float]:
    """Largest difference to OpenCV of each pair."""
    largest = []
    for pair, flow in zip(pairs, flows.cpu().numpy(), strict=True):
        height, width = pair[0].shape
        expected = opencv_flow(pair, parameters)
        largest.append(float(np.abs(flow[:, :height, :width] - expected).max()))
    return largest


def moving(sizes: list[tuple[int, int]]) -> list[Pair]:
    """Textures of these sizes and the same moved, each by another vector."""
    images = [texture(i, *size) for i, size in enumerate(sizes)]
    return [(image, shifted(image, 0.9 * i - 4, 2 - 0.5 * i)) for i, image in enumerate(images)]


@pytest.mark.parametrize("parameters", PARAMETERS, ids=repr)
def test_flow_of_each_pair_is_that_of_opencv(parameters: Parameters) -> None:
    pairs = moving(SIZES)
    flows = batched(pairs, parameters)
    assert flows.dtype == torch.float32
    assert flows.shape == (len(SIZES), 2, 129, 170)
    assert flows.abs().max() > 1  # there is something to measure
    assert max(differences(pairs, flows, parameters)) < AIM


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10**6),
    st.lists(st.tuples(st.integers(1, 80), st.integers(1, 80)), min_size=1, max_size=4),
)
def test_flow_of_noise_is_that_of_opencv(seed: int, sizes: list[tuple[int, int]]) -> None:
    rng = np.random.default_rng(seed)
    pairs = [tuple(rng.integers(0, 256, (2, *size), dtype=np.uint8)) for size in sizes]
    assert max(differences(pairs, batched(pairs))) < TOLERANCE


@pytest.mark.slow
def test_every_patch_of_the_published_windows(published: dict[str, NDArray[Any]]) -> None:
    k = int(published["k"])
    boxes = published["crop_top_bottom_left_right"].tolist()
    for i, landmarks in enumerate(published["landmarks"]):
        frames = published["frames"][i * k // 2 : i * k // 2 + k]
        crops = np.stack([cut(frame, Box(*boxes[i])) for frame in frames])
        for region in Layout(landmarks, ME_TST_ROIS).regions.values():
            patches = crops[:, *region.pixels]  # (k, h, w)
            size = patches.shape[1:]
            method = BatchedFarneback([size], size, torch.device("cpu"))
            pyramid = method.expand(torch.from_numpy(np.ascontiguousarray(patches))[None])
            flow = method.flow(frames_of(pyramid, slice(1)), frames_of(pyramid, slice(1, None)))
            expected = [opencv_flow((patches[0], other)) for other in patches[1:]]
            np.testing.assert_allclose(flow[0], np.stack(expected), atol=TOLERANCE, rtol=0)


def test_what_is_beyond_an_image_does_not_count() -> None:
    pairs = moving(SIZES)
    black, white = batched(pairs), batched(pairs, fill=255)
    torch.testing.assert_close(black, white, rtol=0, atol=0)
    for flow, (height, width) in zip(black, SIZES, strict=True):
        assert (flow[:, height:] == 0).all()
        assert (flow[:, :, width:] == 0).all()


def test_an_image_alone_gives_the_same_as_among_others() -> None:
    pairs = moving(SIZES)
    for pair, flow in zip(pairs, batched(pairs), strict=True):
        height, width = pair[0].shape
        torch.testing.assert_close(batched([pair])[0], flow[:, :height, :width], rtol=0, atol=1e-4)


def test_frames_of_a_size_share_the_work() -> None:
    sizes = [(40, 70), (33, 50)]
    rng = np.random.default_rng(5)
    images = torch.from_numpy(rng.integers(0, 256, (2, 4, 40, 70), dtype=np.uint8))  # (N, F, H, W)
    method = BatchedFarneback(sizes, (40, 70), torch.device("cpu"))
    pyramid = method.expand(images)
    to_all = method.flow(frames_of(pyramid, slice(1)), frames_of(pyramid, slice(1, None)))
    in_turn = method.flow(frames_of(pyramid, slice(-1)), frames_of(pyramid, slice(1, None)))
    assert to_all.shape == in_turn.shape == (2, 3, 2, 40, 70)
    for j in range(3):
        alone = farneback(images[:, 0], images[:, j + 1], sizes)
        torch.testing.assert_close(to_all[:, j], alone, rtol=0, atol=1e-3)
        alone = farneback(images[:, j], images[:, j + 1], sizes)
        torch.testing.assert_close(in_turn[:, j], alone, rtol=0, atol=1e-3)


def test_images_fill_the_array_by_default() -> None:
    first, second = (torch.from_numpy(image)[None] for image in moving([(60, 70)])[0])
    expected = farneback(first, second, [(60, 70)])
    torch.testing.assert_close(farneback(first, second), expected, rtol=0, atol=0)


def test_the_precision_that_the_caller_allows_does_not_matter() -> None:
    pairs = moving([(60, 70)])
    torch.set_float32_matmul_precision("medium")
    try:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            flows = batched(pairs)
        assert torch.get_float32_matmul_precision() == "medium"
    finally:
        torch.set_float32_matmul_precision("highest")
    assert max(differences(pairs, flows)) < AIM


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("parameters", PARAMETERS, ids=repr)
def test_flow_on_a_gpu_is_that_of_opencv(parameters: Parameters) -> None:
    pairs = moving(SIZES)
    flows = batched(pairs, parameters, device="cuda")
    assert flows.device.type == "cuda"
    assert max(differences(pairs, flows, parameters)) < AIM
