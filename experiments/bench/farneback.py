"""Flow between many small patches: OpenCV, the Numba kernels, and torch in one batch.

    python -m experiments.bench.farneback                  # one core
    python -m experiments.bench.farneback --device cuda    # torch there

The patches are those of windows of 50 frames: five regions of the face crop, each frame against the
first one. Every implementation starts from grey patches in the memory of the CPU.

On one core torch takes 6 times as long as OpenCV: a filter as a matrix does several times the
arithmetic, and every step goes through memory, where the Numba kernels (2.3 times as fast as
OpenCV) stay in the cache. So torch is for GPUs, where nothing has been measured yet.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from experiments.bench._plain import plain_face
from experiments.bench.extract import K, portrait
from metst.features.farneback import expand, flow_between
from metst.features.farneback.batch import BatchedFarneback
from metst.features.roi_flow import ME_TST_ROIS
from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.crop import cut
from metst.features.roi_flow.layout import Layout
from metst.video.face import DlibDetector

Patches = list[NDArray[np.uint8]]
"""Regions of windows: (K, h, w) each."""

ROUNDS = 3  # the fastest of so many is reported


def patches_of(windows: int) -> Patches:
    """Regions of windows of a talking head."""
    frames, detector = portrait((windows + 1) * K // 2, 0), DlibDetector()
    patches: Patches = []
    for start in range(0, windows * K // 2, K // 2):
        landmarks, box = plain_face(frames[start], detector)
        crops = np.stack([cut(frame, Box(*box)) for frame in frames[start : start + K]])
        regions = Layout(landmarks, ME_TST_ROIS).regions.values()
        patches += [np.ascontiguousarray(crops[:, *region.pixels]) for region in regions]
    return patches


def opencv(patches: Patches) -> list[NDArray[np.float32]]:
    """Pair after pair; flow (K - 1, 2, h, w) of each region."""
    settings: tuple[Any, ...] = (0.5, 3, 15, 5, 7, 1.5, 0)
    return [
        np.stack(
            [
                np.moveaxis(cv2.calcOpticalFlowFarneback(p[0], q, np.empty(0), *settings), 2, 0)
                for q in p[1:]
            ]
        ).astype(np.float32, copy=False)
        for p in patches
    ]


def numba(patches: Patches) -> list[NDArray[np.float32]]:
    """Pair after pair, the first patch of a region expanded once."""
    flows = []
    for patch in patches:
        first = expand(patch[0])
        flows.append(np.stack([flow_between(first, expand(other)) for other in patch[1:]]))
    return flows


def batched(patches: Patches, device: torch.device, group: int) -> list[NDArray[np.float32]]:
    """So many regions at a time."""
    flows: list[NDArray[np.float32]] = []
    for start in range(0, len(patches), group):
        some = patches[start : start + group]
        sizes = [patch.shape[1:] for patch in some]
        extent = max(height for height, _ in sizes), max(width for _, width in sizes)
        padded = torch.zeros(len(some), K, *extent, dtype=torch.uint8)
        for image, patch, (height, width) in zip(padded, some, sizes, strict=True):
            image[:, :height, :width] = torch.from_numpy(patch)
        images = padded.to(device)
        method = BatchedFarneback(sizes, extent, device)
        flow = method.flow(method.expand(images[:, :1]), method.expand(images[:, 1:])).cpu()
        flows += [f[..., :h, :w].numpy() for f, (h, w) in zip(flow, sizes, strict=True)]
    return flows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--device", type=torch.device, default=torch.device("cpu"))
    parser.add_argument("--windows", type=int, default=4, help="windows of five regions each")
    parser.add_argument("--group", type=int, help="regions per batch; default 1, 20 on a GPU")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    patches = patches_of(options.windows)
    group = options.group or (1 if options.device.type == "cpu" else 20)
    methods: dict[str, Callable[[Patches], list[NDArray[np.float32]]]] = {
        "OpenCV": opencv,
        "Numba": numba,
        f"torch on {options.device}": lambda some: batched(some, options.device, group),
    }
    pairs = len(patches) * (K - 1)
    pixels = sum(patch[1:].size for patch in patches)
    print(f"{pairs} pairs of {pixels / pairs:.0f} pixels on average")
    seconds: dict[str, float] = {}
    expected = opencv(patches)
    for name, method in methods.items():
        flows = method(patches)  # compile, warm up
        largest = max(np.abs(f - e).max() for f, e in zip(flows, expected, strict=True))
        seconds[name] = min(_time(method, patches) for _ in range(ROUNDS))
        print(
            f"{name:14s} {pairs / seconds[name]:8.0f} pairs/s {seconds[name] / pixels * 1e9:6.0f} "
            f"ns/pixel, {seconds['OpenCV'] / seconds[name]:6.2f} times OpenCV, "
            f"largest difference {largest:.0e} px"
        )


def _time(method: Callable[[Patches], Any], patches: Patches) -> float:
    start = time.perf_counter()
    method(patches)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
