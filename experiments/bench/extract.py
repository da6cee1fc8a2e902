"""How much faster extraction is than a plain implementation of the same features.

    python -m experiments.bench.extract     # one core, then two processes

The plain one is the reference of the tests, `experiments.bench._plain.py`.

Profile, per cent of the time of each on one core (380-pixel frames, k = 50):

    plain  Farneback 70, top mean 24, detection 4, resizing 1
    ours   Farneback 73 (of it expansions 20), detection 13, top mean 9, resizing 3

Features are equal to the last bits; what was saved: the reference patch of a window is expanded
once and not with every frame, planes vectorize where OpenCV's interleaved pixels do not, the top
mean partitions instead of sorting, a frame is decoded once for the two windows that it is in.

A worker process needs 3 s before its first frame (importing torch 1.7, reading dlib's model 1.1,
loading the kernels 0.4). So two processes are measured by the time of further videos.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from experiments.bench._plain import plain_extract
from metst.base.executors import Processes
from metst.features.extract import VideoJob, extract_videos
from metst.features.roi_flow import RELEASED, Engine, Method, RoiFlow, iter_windows
from metst.features.roi_flow.engines import gpu
from metst.features.store import FeatureStore
from metst.video import ArrayFrames
from metst.video.face import DlibDetector, LandmarkDetector
from metst.video.mesh import MeshDetector

Array = NDArray[Any]

K = 50  # frames per window, as for CAS(ME)^3
SIDE = 380  # pixels, side of a frame
ROUNDS = 3  # the fastest of so many is reported


def portrait(frames: int, seed: int) -> Array:
    """A talking head (T, H, W): a photograph, shifted and warped a little, with sensor noise."""
    from skimage import data

    rng = np.random.default_rng(seed)
    still = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2GRAY)[:SIDE, 40 : 40 + SIDE]
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    field = [cv2.GaussianBlur(rng.normal(size=still.shape), (0, 0), 15) * 60 for _ in range(2)]
    clip = []
    for t in range(frames):
        x = columns + np.sin(t / 5) * field[0] + np.sin(t / 40)
        y = rows + np.sin(t / 7) * field[1]
        image = cv2.remap(still, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
        clip.append(np.clip(image + rng.normal(0, 1, image.shape), 0, 255))
    return np.array(clip, np.uint8)


def one_core(frames: int) -> None:
    """All on the same frames, alternately, in this process."""
    clip, dlib, mesh = portrait(frames, 0), DlibDetector(), MeshDetector()
    starts = list(range(0, frames // (K // 2) * (K // 2) - K + 1, K // 2))

    def windows(
        engine: Engine, detector: LandmarkDetector = dlib, method: Method = RELEASED
    ) -> Array:
        source = ArrayFrames(clip)
        measured = iter_windows(source, starts, K, detector, engine=engine, method=method)
        return np.array([window.features for window in measured])

    ways: dict[str, Callable[[], Array]] = {
        "plain": lambda: plain_extract(clip, K, dlib),
        "ours": lambda: windows("numba"),
        "ours, mesh": lambda: windows("numba", mesh),
        "ours, mesh and DIS": lambda: windows("numba", mesh, Method("dis")),
    }
    if gpu():
        ways |= {"GPU": lambda: windows("torch")}
    features = {name: way() for name, way in ways.items()}  # compile, warm up
    for name in features.keys() & {"ours", "GPU"}:
        difference = np.abs(features[name] - features["plain"]).max()
        print(f"{name}: largest difference {difference:.1e} px")
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for name, way in [*ways.items()] * ROUNDS:
        start = time.perf_counter()
        way()
        seconds[name].append(time.perf_counter() - start)
    for name, measured in seconds.items():
        ratio = min(seconds["plain"]) / min(measured)
        print(f"{name:30s} {frames / min(measured):7.1f} frames/s   {ratio:.2f} times")


def processes(videos: int, frames: int) -> None:
    """Image folders into a cache, with one and with two processes, beyond their start."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        jobs = [write_video(root, index, frames) for index in range(2 * videos)]
        rates = []
        for workers in (1, 2):
            few = _seconds(jobs[:videos], root / f"few{workers}", workers)
            many = _seconds(jobs, root / f"many{workers}", workers)
            rates.append(videos * frames / (many - few))
            print(
                f"{workers} processes {rates[-1]:7.1f} frames/s {rates[-1] / rates[0]:6.2f} times, "
                f"start {2 * few - many:.1f} s"
            )


def write_video(root: Path, index: int, frames: int) -> VideoJob:
    """A talking head as a folder of images."""
    folder = root / str(index)
    folder.mkdir()
    paths = [folder / f"{number}.jpg" for number in range(1, frames + 1)]
    for path, image in zip(paths, portrait(frames, index), strict=True):
        cv2.imwrite(str(path), image)
    return VideoJob("bench", str(index), tuple(paths))


def _seconds(jobs: list[VideoJob], folder: Path, workers: int) -> float:
    start = time.perf_counter()
    feature = RoiFlow(K, detector=DlibDetector())
    extract_videos(jobs, feature, FeatureStore(folder), Processes(workers))
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--frames", type=int, default=200, help="frames per video")
    parser.add_argument("--videos", type=int, default=6, help="further videos per process count")
    options = parser.parse_args()
    one_core(options.frames)
    processes(options.videos, options.frames)


if __name__ == "__main__":
    main()
