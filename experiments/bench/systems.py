"""Size of every system of `experiments/systems` on CAS(ME)^3: parameters, operations per frame.

    python -m experiments.bench.systems

Multiply-accumulates of one forward pass: of linear layers and convolutions, as torch counts them,
and of the scan (3 per state). A system on flow images has one image per frame or per two frames; a
recognizer has one per interval.
"""

import argparse
from pathlib import Path

from metst.runner.arguments import parse
from metst.runner.config import build, experiment_parser
from metst.systems.size import size_of

FOLDER = Path("experiments/systems")


def main() -> None:
    """One line per system."""
    argparse.ArgumentParser("experiments.bench.systems", description=__doc__).parse_args()
    parser = experiment_parser("metst loso")
    print(f"{'system':18}{'parameters':>14}{'operations':>16}")
    for path in sorted(FOLDER.glob("*.yaml")):
        options = ["--config", "experiments/casme3.yaml", "--config", str(path), "--name", "x"]
        experiment = build(parser, parse(parser, options))
        size = size_of(experiment.model, experiment.fold_data.samples)
        shown = "-" if size.operations is None else f"{size.operations:,} per {size.per}"
        print(f"{path.stem:18}{size.parameters:>14,}   {shown}")


if __name__ == "__main__":
    main()
