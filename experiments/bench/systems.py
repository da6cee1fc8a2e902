"""Size of every system of `experiments/systems` on CAS(ME)^3: parameters, operations per frame.

    python -m experiments.bench.systems

Multiply-accumulates of one forward pass: of linear layers and convolutions, as torch counts them,
and of the scan (3 per state). A system on flow images has one image per frame or per two frames; a
recognizer has one per interval.
"""

import argparse
from pathlib import Path
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from metst.network.mixer import Mixer
from metst.runner.arguments import parse
from metst.runner.config import build, experiment_parser
from metst.samples import FlowWindows, OnsetApexImages, PairImages, Samples
from metst.systems.system import System

FOLDER = Path("experiments/systems")


def macs(system: System, samples: Samples) -> tuple[int, str] | None:
    """Multiply-accumulates per frame or interval, and which; None of other systems."""
    if isinstance(samples, PairImages):
        images, frames, per = torch.zeros(1, 3, 42, 42), samples.feature.every, "frame"
    elif isinstance(samples, OnsetApexImages):
        channels, size = len(samples.channels), samples.size
        images, frames, per = torch.zeros(1, channels, size, size), 1, "interval"
    elif isinstance(samples, FlowWindows) and system.trainable:
        images = torch.zeros(1, samples.feature.channels, samples.k)
        frames, per = samples.k, "frame"
    else:
        return None
    network: Any = system.network
    counter = FlopCounterMode(display=False)
    with torch.inference_mode(), counter:
        network.eval()(images)
    scans = [m for m in network.modules() if isinstance(m, Mixer)]
    states = 3 * samples.k * sum(m.A_log.numel() for m in scans) if scans else 0  # type: ignore[attr-defined]
    return (counter.get_total_flops() // 2 + states) // frames, per


def main() -> None:
    """One line per system."""
    argparse.ArgumentParser("experiments.bench.systems", description=__doc__).parse_args()
    parser = experiment_parser("metst loso")
    print(f"{'system':18}{'parameters':>14}{'operations':>16}")
    for path in sorted(FOLDER.glob("*.yaml")):
        options = ["--config", "experiments/casme3.yaml", "--config", str(path), "--name", "x"]
        experiment = build(parser, parse(parser, options))
        system = experiment.model
        size = sum(p.numel() for p in system.parameters() if p.requires_grad)
        counted = macs(system, experiment.fold_data.samples) if size else None
        shown = f"{counted[0]:,} per {counted[1]}" if counted else "-"
        print(f"{path.stem:18}{size:>14,}   {shown}")


if __name__ == "__main__":
    main()
