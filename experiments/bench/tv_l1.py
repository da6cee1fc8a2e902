"""TV-L1 flow between face crops: OpenCV and the Numba kernels, alternately on one core.

    python -m experiments.bench.tv_l1

The crops, 128 x 128 pixels, are those of a talking head, each against the first one. OpenCV spends
nearly all of its time in the iterations, with a call of `hypot` per pixel; of our time they are
two thirds, warps and medians (OpenCV's) the rest.
"""

import argparse
import time
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from experiments.bench.extract import portrait
from metst.features.tv_l1 import flow

Crops = NDArray[np.uint8]
"""Crops (T, 128, 128)."""

SIDE = 128  # pixels
ROUNDS = 3  # the fastest of so many is reported


def opencv(crops: Crops) -> list[NDArray[np.float32]]:
    """Flow (2, 128, 128) from the first crop to each other one."""
    method = cv2.optflow.DualTVL1OpticalFlow_create()  # type: ignore[attr-defined]
    return [np.moveaxis(method.calc(crops[0], other, None), 2, 0) for other in crops[1:]]


def numba(crops: Crops) -> list[NDArray[np.float32]]:
    """The same."""
    return [flow(crops[0], other) for other in crops[1:]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pairs", type=int, default=20)
    pairs = parser.parse_args().pairs
    cv2.setNumThreads(1)
    frames = portrait(pairs + 1, 0)
    crops = np.array([cv2.resize(f, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for f in frames])
    methods: dict[str, Callable[[Crops], list[NDArray[np.float32]]]] = {
        "OpenCV": opencv,
        "Numba": numba,
    }
    flows = {name: method(crops) for name, method in methods.items()}  # compile, warm up
    seconds: dict[str, list[float]] = {name: [] for name in methods}
    for name, method in [*methods.items()] * ROUNDS:
        start = time.process_time()
        method(crops)
        seconds[name].append(time.process_time() - start)
    for name, measured in seconds.items():
        difference = np.abs(np.subtract(flows[name], flows["OpenCV"])).max()
        ratio = min(seconds["OpenCV"]) / min(measured)
        print(
            f"{name:7s} {1000 * min(measured) / pairs:7.1f} ms/pair, {ratio:5.2f} times OpenCV, "
            f"largest difference {difference:.0e} px"
        )


if __name__ == "__main__":
    main()
