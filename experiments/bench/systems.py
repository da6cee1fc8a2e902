"""Size and features of every system of `experiments/systems` on CAS(ME)^3.

    python -m experiments.bench.systems

Multiply-accumulates of one forward pass: of linear layers and convolutions, as torch counts them,
and of the scan (3 per state). A system on flow images has one image per frame or per two frames; a
recognizer has one per interval.

Features: seconds of a core per 1,000 frames, of a video of 380 x 380 pixels at 30 frames per
second. A recognizer finds faces in whole videos, no more than that, and measures an interval when
its MEs are read.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from experiments.bench.extract import write_video
from metst.features.feature import Feature, RateDependent
from metst.runner.arguments import parse
from metst.runner.config import build, experiment_parser
from metst.systems.size import size_of

FOLDER = Path("experiments/systems")
FPS = 30.0
FRAMES = 300
"""Of the video; in a shorter one MDMD halves its steps."""


def main() -> None:
    """One line per system."""
    argparse.ArgumentParser("experiments.bench.systems", description=__doc__).parse_args()
    parser = experiment_parser("metst loso")
    seconds: dict[str, float] = {}  # by key of the feature
    print(f"{'system':16}{'parameters':>12}{'features':>10}   operations")
    with tempfile.TemporaryDirectory() as folder:
        frames = write_video(Path(folder), 0, FRAMES).frames
        for path in sorted(FOLDER.glob("*.yaml")):
            options = ["--config", "experiments/casme3.yaml", "--config", str(path), "--name", "x"]
            experiment = build(parser, parse(parser, options))
            samples = experiment.fold_data.samples
            size, feature = size_of(experiment.model, samples), _at_rate(samples.feature)
            key = feature.spec.key
            if key not in seconds:
                seconds[key] = _seconds(feature, frames)
            shown = "-" if size.operations is None else f"{size.operations:,} per {size.per}"
            cost = f"{1000 * seconds[key]:.1f}"
            print(f"{path.stem:16}{size.parameters:>12,}{cost:>10}   {shown}", flush=True)


def _at_rate(feature: Feature) -> Feature:
    return feature.at(FPS) if isinstance(feature, RateDependent) else feature


def _seconds(feature: Feature, frames: Sequence[Path]) -> float:
    """Seconds of a core per frame, once everything is compiled."""
    feature.measure(frames[:60])
    start = time.process_time()
    feature.measure(frames)
    return (time.process_time() - start) / len(frames)


if __name__ == "__main__":
    main()
