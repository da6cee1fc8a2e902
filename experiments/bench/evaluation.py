"""How long the evaluation of a fold takes, from window outputs to scores.

    python -m experiments.bench.evaluation                     # 30 videos of 3000 frames
    python -m experiments.bench.evaluation --device cuda

Compare it with an epoch of training, which the same fold needs 30 of.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import torch

from metst.datasets.labels.records import EMOTIONS, Expression, Recording, Timebase
from metst.features.windows import window_starts
from metst.intervals.stitching import Outputs
from metst.scoring.pooling import pool
from metst.scoring.protocols import PROTOCOLS, get_protocol

K = 50  # frames per window, CAS(ME)^3
BATCH = 256  # windows per batch, CAS(ME)^3
K_P = 7  # half the mean ME length in frames, about that of the demo
SPACING = 300  # frames from one annotated ME to the next

R = TypeVar("R")


def main() -> None:
    """Print the time of each stage."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--videos", type=int, default=30)
    parser.add_argument("--frames", type=int, default=3000)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    recordings = tuple(_recording(str(i), options.frames) for i in range(options.videos))
    outputs = _outputs(recordings, torch.device(options.device))
    print(f"{options.videos} videos of {options.frames} frames, {len(outputs.score)} windows")
    for name in PROTOCOLS:
        protocol = get_protocol(name, k=K, batch_size=BATCH)
        curves = _timed(f"{name}: stitching", options, partial(protocol.curves, outputs))
        given = (curves, recordings, K_P)
        _timed(f"{name}: intervals and labels", options, partial(protocol.label, *given))
        table = _timed(f"{name}: predictions table", options, partial(protocol.predictions, *given))
        what = f"{name}: scores of {len(table)} rows, one strategy"
        _timed(what, options, partial(protocol.evaluate, table, recordings, "spotting_first"))
    _timed("pool: all protocols, all strategies", options, partial(pool, table, recordings))


def _recording(video: str, frames: int) -> Recording:
    expressions = tuple(
        Expression("1", video, start, start + K_P, start + 2 * K_P, emotion=EMOTIONS[i % 4])
        for i, start in enumerate(range(SPACING // 2, frames - SPACING // 2, SPACING))
    )
    return Recording("1", video, frames, Timebase(30.0), expressions)


def _outputs(recordings: tuple[Recording, ...], device: torch.device) -> Outputs:
    windows = tuple(len(window_starts(r.frames, K, tail=True)) for r in recordings)
    generator = torch.Generator().manual_seed(0)
    score = torch.rand(sum(windows), K, generator=generator)
    logits = torch.randn(sum(windows), K, 5, generator=generator)
    return Outputs(score.to(device), logits.to(device), windows, recordings, K)


def _timed(what: str, options: argparse.Namespace, work: Callable[[], R]) -> R:
    """Median time of some runs, after one that warms up."""
    result = work()
    times = []
    for _ in range(options.repeats):
        _wait(options.device)
        start = time.perf_counter()
        result = work()
        _wait(options.device)
        times.append(time.perf_counter() - start)
    print(f"{what:<50} {sorted(times)[len(times) // 2] * 1e3:8.1f} ms")
    return result


def _wait(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize()


if __name__ == "__main__":
    main()
