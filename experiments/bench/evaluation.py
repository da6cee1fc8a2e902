"""How long the evaluation of a fold takes, from window outputs to scores.

    python -m experiments.bench.evaluation                     # 30 videos of 3000 frames
    python -m experiments.bench.evaluation --device cuda

Compare it with an epoch of training, which the same fold needs 30 of.
"""

import argparse
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import torch

from experiments.bench.scan import now
from metst.datasets.labels.records import EMOTIONS, Expression, Recording, Timebase
from metst.features.windows import window_starts
from metst.intervals.decoder import DECODERS, get_decoder
from metst.intervals.predictions import proposed_table
from metst.intervals.stitching import WindowOutputs
from metst.scoring.pooling import pool

K = 50  # frames per window, CAS(ME)^3
BATCH = 256  # windows per batch, CAS(ME)^3
K_P = 7  # half the mean ME length in frames, about that of the demo
SPACING = 300  # frames from one annotated ME to the next
REPEATS = 5

R = TypeVar("R")


def main() -> None:
    """Print the time of each stage."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--videos", type=int, default=30)
    parser.add_argument("--frames", type=int, default=3000)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    torch.set_num_threads(1)
    recordings = tuple(_recording(str(i), options.frames) for i in range(options.videos))
    outputs = _outputs(recordings, torch.device(options.device))
    print(f"{options.videos} videos of {options.frames} frames, {len(outputs.score)} windows")
    proposals = []
    for name in DECODERS:
        decoder = get_decoder(name, k=K, batch_size=BATCH)
        curves = _timed(f"{name}: stitching", options, partial(decoder.curves, outputs))
        propose = partial(decoder.propose, curves, recordings, K_P)
        proposals.append(_timed(f"{name}: intervals and labels", options, propose))
    table = _timed("predictions table", options, partial(proposed_table, proposals, EMOTIONS))
    what = f"scores of {len(table)} rows, all protocols, all strategies"
    _timed(what, options, partial(pool, table, recordings))


def _recording(video: str, frames: int) -> Recording:
    expressions = tuple(
        Expression("1", video, start, start + K_P, start + 2 * K_P, emotion=EMOTIONS[i % 4])
        for i, start in enumerate(range(SPACING // 2, frames - SPACING // 2, SPACING))
    )
    return Recording("1", video, frames, Timebase(30.0), expressions)


def _outputs(recordings: tuple[Recording, ...], device: torch.device) -> WindowOutputs:
    windows = tuple(len(window_starts(r.frames, K, tail=True)) for r in recordings)
    generator = torch.Generator().manual_seed(0)
    score = torch.rand(sum(windows), K, generator=generator)
    logits = torch.randn(sum(windows), K, 5, generator=generator)
    return WindowOutputs(score.to(device), logits.to(device), windows, recordings, K)


def _timed(what: str, options: argparse.Namespace, work: Callable[[], R]) -> R:
    """Fastest of some runs, after one that warms up."""
    device = torch.device(options.device)
    result = work()
    seconds = []
    for _ in range(REPEATS):
        start = now(device)
        result = work()
        seconds.append(now(device) - start)
    print(f"{what:<55} {min(seconds) * 1e3:8.1f} ms")
    return result


if __name__ == "__main__":
    main()
