"""How many folds run side by side: by what a fold keeps in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from metst.base.executors import ExecutorOptions, Serial
from metst.runner import runner
from metst.runner.arguments import parse
from metst.runner.config import build, experiment_parser
from metst.runner.remote import FOLD_MEMORY
from metst.systems.softnet import SOFTNetSamples
from tests.support.image_store import fill
from tests.support.runs import DEMO, run

SOFTNET = ["--config", "experiments/systems/softnet.yaml", "--name=small"]


def test_images_that_are_kept_are_planned(
    tiny: list[str], tiny_root: Path, tiny_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(SOFTNetSamples().feature, tiny_root, tiny_cache)
    planned: list[int] = []

    def executor(_: ExecutorOptions, memory: int = 0, **__: object) -> Serial:
        planned.append(memory)
        return Serial()

    def no_folds(*_: object) -> Iterator[None]:
        yield from ()

    monkeypatch.setattr(runner, "make_executor", executor)
    monkeypatch.setattr(runner, "run_folds", no_folds)
    run(tiny, *SOFTNET)
    parser = experiment_parser("metst loso")
    data = build(parser, parse(parser, [*DEMO, *tiny, *SOFTNET])).fold_data
    each = [data.samples.memory(data.choose(s, 1), data.source) for s in data.source.subjects()]
    assert planned[-1] - FOLD_MEMORY == max(each) > 0
