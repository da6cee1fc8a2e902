"""What CAS(ME)^3 costs on machines of several sizes, on paper, from rates measured here.

    python -m experiments.bench.scaling              # two rates and the table
    python -m experiments.bench.scaling --steps 3    # training steps; the fastest counts

Measured: frames per second of the extraction in one process, seconds of a training step of the
released configuration on one thread (and on a GPU, where there is one). Counted: everything else,
from the published counts and the assumptions below. Cores are taken to add up, which leaves out
what they take from each other, and the test of a fold, which is about a hundredth of its training.
"""

import argparse
import math
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import torch

from experiments.bench.extract import K, portrait
from metst.features.cache import FlowCache
from metst.features.extract import VideoJob, extract_videos
from metst.features.roi_flow import flow_spec
from metst.systems.me_tst.network import METST

FOLDS = 94  # published: subjects with a micro-expression
VIDEOS = 1300  # published: video folders, all of them are tested
MICRO = 860  # published: micro-expressions
FRAMES = 2700  # assumed: frames of a video, 90 s at 30 per second
LENGTH = 12  # assumed: frames of a micro-expression, 0.4 s at 30 per second
RATIO = 4  # released: negative windows per positive one
EPOCHS, BATCH = 30, 256  # released
BENCH_FRAMES = 300


@dataclass(frozen=True)
class Machine:
    """Something to compute on; `gpus` train in place of its cores."""

    name: str
    cores: int
    gpus: int = 0


MACHINES = (
    Machine("2 cores", 2),
    Machine("16 cores", 16),
    Machine("16 cores, 1 GPU", 16, 1),
    Machine("8 nodes of 16 cores", 128),
)


def steps_per_fold() -> int:
    """Training steps of a fold.

    A micro-expression of n frames is seen by (k + n - 1) / (k / 2) windows, on average.
    """
    positive = MICRO * (FOLDS - 1) / FOLDS * (K + LENGTH - 1) / (K // 2)
    return math.ceil(positive * (1 + RATIO) / BATCH) * EPOCHS


def frame_rate() -> float:
    """Frames per second of the extraction, in this process, reading images included."""
    with tempfile.TemporaryDirectory() as name:
        jobs = []
        for video in ("warm up", "timed"):
            folder = Path(name, video)
            folder.mkdir()
            paths = [folder / f"{number}.jpg" for number in range(BENCH_FRAMES)]
            for path, image in zip(paths, portrait(BENCH_FRAMES, 0), strict=True):
                cv2.imwrite(str(path), image)
            jobs.append(VideoJob("bench", video, tuple(paths)))
        done = [extract_videos([job], flow_spec(K), FlowCache(Path(name, "c"))) for job in jobs]
    return done[1].frames / done[1].seconds


def step_seconds(device: str, steps: int) -> float:
    """Fastest training step of the released configuration, s."""
    torch.set_num_threads(1)
    network = METST().to(device)
    optimizer = torch.optim.Adam(network.parameters(), 1e-4)
    flow = torch.randn(BATCH, 10, K, generator=torch.Generator().manual_seed(0)).to(device)
    seconds = []
    for _ in range(steps + 1):  # the first one compiles
        start = time.perf_counter()
        score, logits = network(flow)
        (score.square().mean() + logits.square().mean()).backward()
        optimizer.step()
        optimizer.zero_grad()
        if device == "cuda":
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return min(seconds[1:])


def hours(machine: Machine, rate: float, step: float) -> tuple[float, float]:
    """Extraction and training, h; folds go in waves of as many as there are cores or GPUs."""
    extraction = VIDEOS * FRAMES / (rate * machine.cores)
    waves = math.ceil(FOLDS / (machine.gpus or machine.cores))
    return extraction / 3600, waves * steps_per_fold() * step / 3600


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--steps", type=int, default=2)
    args = parser.parse_args()
    rate = frame_rate()
    steps = {"cpu": step_seconds("cpu", args.steps)}
    if torch.cuda.is_available():
        steps["cuda"] = step_seconds("cuda", args.steps)
    print(f"extraction, one process: {rate:.0f} frames/s; {VIDEOS * FRAMES:,} frames")
    for device, seconds in steps.items():
        print(f"training step (B {BATCH}, T {K}), {device}, one thread: {seconds:.2f} s")
    print(f"steps of a fold: {steps_per_fold()}; folds: {FOLDS}\n")
    print("| machine | extraction, h | training of all folds, h | together, h |\n|---|---|---|---|")
    for machine in MACHINES:
        step = steps.get("cuda" if machine.gpus else "cpu")
        extraction, training = hours(machine, rate, step or math.nan)
        cells = [f"{h:.1f}" if step else "not measured" for h in (training, extraction + training)]
        print(f"| {machine.name} | {extraction:.1f} | {cells[0]} | {cells[1]} |")


if __name__ == "__main__":
    main()
