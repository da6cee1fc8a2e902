"""The real command over generated data of the real shape, with a tiny network."""

import json
from pathlib import Path
from typing import Any

from experiments.bench.rehearsal import TINY, store
from metst.cli import main
from metst.datasets.labels import Expression, Recording
from metst.results.ledger import RunFolder

Generated = tuple[Path, tuple[Recording, ...]]
"""Folder of a generated data set, and what is in it."""

TINY_NETWORK = (
    "--executor.kind=serial",
    "--trainer.max_epochs=1",
    "--trainer.accelerator=cpu",
    "--model.network.width=8",
    "--model.network.depth=2",
    "--model.network.state=4",
)

JUDGE_ALONE = "--callbacks=" + json.dumps(
    [{"class_path": "callbacks.spot_then_recognize.SpotThenRecognize"}]
)
"""Pictures of all videos take longer than everything else."""


K = TINY["casme3"].k
"""Frames of a window in what `few` stores."""


def options(data: Path, name: str, runs: Path, *more: str) -> list[str]:
    """Options of an experiment over the data set `name` in the folder `data`."""
    places = (f"--data.root={data / 'root'}", f"--data.cache={data / 'cache'}")
    config = f"--config=experiments/{name}.yaml"
    detector = "--data.samples.detector=mesh"  # under whose name `rehearse` stores flow
    return [config, detector, *places, f"--loso.runs={runs}", *TINY_NETWORK, *more]


def loso(data: Path, name: str, runs: Path, *more: str) -> RunFolder:
    """A run of all folds."""
    assert main(["loso", *options(data, name, runs, *more)]) == 0
    return RunFolder(runs / name)


def results(run: RunFolder) -> dict[str, Any]:
    """Contents of `results.json`."""
    read: dict[str, Any] = json.loads(run.results.read_bytes())
    return read


def few(place: Path) -> None:
    """Four subjects of CAS(ME)^3 with a video and a micro-expression each, for `options`."""
    timebase, recordings = TINY["casme3"].timebase, []
    for number in range(1, 5):
        subject, onset = f"spNO.{number}", 30 * number
        times = onset, onset + 5, onset + 15
        micro = Expression(subject, "a", *times, emotion="negative", label="disgust")
        recordings.append(Recording(subject, "a", 250, timebase, (micro,)))
    store(place / "root", place / "cache", "casme3", K, recordings)
