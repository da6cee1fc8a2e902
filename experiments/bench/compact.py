"""What a small network loses: sizes, counted honestly, and scores of finished runs, by network.

    python -m metst loso --config experiments/compact.yaml --seed 1 --name compact-1
    python -m experiments.bench.compact runs/compact-* runs/released-*

Runs that differ in their seeds alone are one row: STRS under the protocol strict, mean and range.
The released configuration is experiments/demo.yaml with

    --model.network.width 64 --model.network.depth 12 --model.network.state 64
    --model.network.pathways shared
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from statistics import mean
from typing import Any

import yaml

from metst.systems.me_tst.complexity import Complexity, complexity
from metst.systems.me_tst.network import METST

STRATEGY = "spotting_first"
"""Result-level synergy of the scores: the published setting."""


def settings(run: Path) -> dict[str, Any]:
    """All settings of a run, but its name, its seed and where it ran."""
    config: dict[str, Any] = yaml.safe_load((run / "config.yaml").read_text())
    return {key: config[key] for key in ("data", "model", "trainer")}


def size(run: Path) -> Complexity:
    """Of its network."""
    arguments = settings(run)["model"]["init_args"]["network"]["init_args"]
    return complexity(METST(**arguments).config)


def score(run: Path) -> float:
    """STRS, strict, of all folds."""
    results = json.loads((run / "results.json").read_text())
    strs: float = results["protocols"]["strict"]["synergy"][STRATEGY]["strs"]
    return strs


def row(run: Path, scores: list[float]) -> str:
    """Size, training and scores of the runs that are like `run`."""
    chosen, counted = settings(run), size(run)
    epochs, batch = chosen["trainer"]["max_epochs"], chosen["data"]["init_args"]["batch_size"]
    training = f"{epochs} epochs, batch {batch}, lr {chosen['model']['init_args']['lr']:g}"
    macs = sum(counted.macs.values())
    spread = f"{mean(scores):.3f} ({min(scores):.3f} to {max(scores):.3f}, runs: {len(scores)})"
    return f"{run.name:16} {counted.parameters:10,} {macs:12,}  {training:32} {spread}"


def main() -> None:
    """Print a row per network, the smallest first."""
    parser = argparse.ArgumentParser(
        description=__doc__, allow_abbrev=False, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("runs", nargs="*", type=Path, help="folders of finished runs")
    runs = parser.parse_args().runs or [*Path("runs").glob("*")]
    alike: dict[str, list[Path]] = defaultdict(list)
    for run in sorted(run for run in runs if (run / "results.json").is_file()):
        alike[json.dumps(settings(run), sort_keys=True)].append(run)
    if not alike:
        print("no finished runs: see the commands in this file")
        return
    print(f"{'first run':16} {'parameters':>10} {'MACs, T 50':>12}  {'training':32} STRS")
    for group in sorted(alike.values(), key=lambda group: size(group[0]).parameters):
        print(row(group[0], [score(run) for run in group]))


if __name__ == "__main__":
    main()
