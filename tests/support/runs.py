"""Whole runs of a tiny demo in this process."""

import json
from pathlib import Path

from metst.datasets.demo.options import DemoOptions
from metst.runner.arguments import parse
from metst.runner.config import experiment_parser
from metst.runner.runner import Finished, run_loso
from metst.runner.selection import Selection

DEMO = ["--config", "experiments/demo.yaml"]

TINY = DemoOptions(subjects=2, videos=2, frames=150, size=200, seed=3)

CALLBACKS = [
    {"class_path": "callbacks.exact_resume.ExactResume"},
    {"class_path": "callbacks.spot_then_recognize.SpotThenRecognize"},
]
"""Those of the demo but for the pictures, which take longer than the training."""


def run(options: list[str], *more: str, selection: Selection = Selection()) -> Finished:  # noqa: B008 - frozen
    """All folds of the demo with the options of the fixture `tiny`, and more."""
    parser = experiment_parser("metst loso")
    return run_loso(parser, parse(parser, [*DEMO, *options, *more]), selection)


def tiny_options(root: Path, cache: Path, runs: Path) -> list[str]:
    """Options that shorten the demo to seconds: where the data, their flow and the runs are."""
    options = {
        "data.root": root,
        "data.cache": cache,
        "data.demo.subjects": TINY.subjects,
        "data.demo.videos": TINY.videos,
        "data.demo.frames": TINY.frames,
        "data.demo.size": TINY.size,
        "data.demo.seed": TINY.seed,
        "data.batch_size": 4,
        "model.network.width": 8,
        "model.network.depth": 2,
        "model.network.state": 4,
        "trainer.max_epochs": 2,
        "callbacks": json.dumps(CALLBACKS),
        "loso.runs": runs,
        "executor.workers": 1,
    }
    return [f"--{key}={value}" for key, value in options.items()]
