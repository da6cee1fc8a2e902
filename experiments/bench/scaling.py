"""What CAS(ME)^3 costs on machines of several sizes, computed from rates measured here.

    python -m experiments.bench.scaling              # two rates and the table

Measured: frames per second of the extraction in one process, seconds and memory of a training step
of the released configuration on one thread (and on a GPU, where there is one). Counted: everything
else, from the published counts and the assumptions below. Cores are taken to add up, which leaves
out what they take from each other, and the test of a fold, which is about a hundredth of its
training.
"""

import argparse
import math
import resource
import tempfile
from pathlib import Path

import torch

from experiments.bench.extract import K, write_video
from experiments.bench.step import step_seconds
from metst.features.extract import extract_videos
from metst.features.roi_flow import RoiFlow
from metst.features.store import FeatureStore
from metst.systems.me_tst.network import METST

FOLDS = 94  # published: subjects with a micro-expression
VIDEOS = 1300  # published: video folders, all of them are tested
MICRO = 860  # published: micro-expressions
FRAMES = 2700  # assumed: frames of a video, 90 s at 30 per second
LENGTH = 12  # assumed: frames of a micro-expression, 0.4 s at 30 per second
RATIO = 4  # released: negative windows per positive one
EPOCHS, BATCH = 30, 256  # released
BENCH_FRAMES = 300

MACHINES = {
    "2 cores": (2, "cpu", 2),
    "16 cores": (16, "cpu", 16),
    "16 cores, 1 GPU": (16, "cuda", 1),
    "8 nodes of 16 cores": (128, "cpu", 128),
}
"""Name -> cores that extract, device that trains, folds that train at a time."""


def steps_per_fold() -> int:
    """Training steps of a fold.

    A micro-expression of n frames is seen by (k + n - 1) / (k / 2) windows, on average.
    """
    positive = MICRO * (FOLDS - 1) / FOLDS * (K + LENGTH - 1) / (K // 2)
    return math.ceil(positive * (1 + RATIO) / BATCH) * EPOCHS


def frame_rate() -> float:
    """Frames per second of the extraction, in this process, reading images included."""
    with tempfile.TemporaryDirectory() as name:
        store, feature = FeatureStore(Path(name, "store")), RoiFlow(K, detector="dlib")
        jobs = [write_video(Path(name), video, BENCH_FRAMES) for video in range(2)]
        _, done = (extract_videos([job], feature, store) for job in jobs)  # one warms up
    return done.frames / done.seconds


def released_step(device: torch.device, steps: int) -> float:
    """Fastest training step of the released configuration, s."""
    network = METST().to(device)
    optimizer = torch.optim.Adam(network.parameters(), 1e-4)
    flow = torch.randn(BATCH, 10, K, generator=torch.Generator().manual_seed(0)).to(device)
    # The first one compiles.
    return min([step_seconds(network, optimizer, flow) for _ in range(steps + 1)][1:])


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=2, help="training steps; the fastest counts")
    args = parser.parse_args()
    torch.set_num_threads(1)
    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    step = {device: released_step(torch.device(device), args.steps) for device in devices}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    rate = frame_rate()
    print(f"extraction, one process: {rate:.0f} frames/s; {VIDEOS * FRAMES:,} frames")
    for device, seconds in step.items():
        print(f"training step (B {BATCH}, T {K}), {device}, one thread: {seconds:.2f} s")
    print(f"memory of a process that trains: {peak:.1f} GiB")
    print(f"steps of a fold: {steps_per_fold()}; folds: {FOLDS}\n")
    print("| machine | extraction, h | training of all folds, h |\n|---|---|---|")
    for name, (cores, device, folds) in MACHINES.items():
        hours = math.ceil(FOLDS / folds) * steps_per_fold() * step.get(device, math.nan) / 3600
        training = f"{hours:.1f}" if device in step else "not measured"
        print(f"| {name} | {VIDEOS * FRAMES / (rate * cores) / 3600:.1f} | {training} |")


if __name__ == "__main__":
    main()
