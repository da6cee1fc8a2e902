"""The choice of an executor, and contradictions in words."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from metst.base.errors import ConfigError
from metst.base.executors import (
    Dask,
    ExecutorOptions,
    LocalDask,
    Processes,
    Serial,
    make_executor,
    options,
)
from metst.base.executors.machine import GIB, WORKER_GPU_MEMORY, Gpu
from metst.runner.arguments import parse
from metst.runner.config import build, experiment_parser

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="the extra dask is not installed"
)


@pytest.mark.parametrize(
    ("wrong", "printed"),
    [
        ({"workers": -1}, "executor.workers: expected 0"),
        ({"kind": "serial", "workers": 2}, "one job at a time, got workers 2"),
        ({"kind": "serial", "scheduler": "tcp://x:1"}, "belongs to executor.kind dask, got"),
        ({"kind": "process", "scheduler": "tcp://x:1"}, "got kind process"),
        ({"workers": 3, "scheduler": "tcp://x:1"}, "has its own workers, got workers 3"),
    ],
)
def test_contradictions_are_told(wrong: dict[str, Any], printed: str) -> None:
    with pytest.raises(ConfigError, match=printed):
        ExecutorOptions(**wrong)


def test_a_contradiction_on_the_command_line_is_told_when_the_experiment_is_built() -> None:
    parser = experiment_parser("metst loso")
    words = ["--config", "experiments/demo.yaml", "--executor.kind=serial", "--executor.workers=4"]
    with pytest.raises(ConfigError, match="one job at a time"):
        build(parser, parse(parser, words))


def test_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "usable_cores", lambda: 8)
    monkeypatch.setattr(options, "free_memory", lambda: 100 * GIB)
    assert isinstance(make_executor(ExecutorOptions("serial")), Serial)
    for kind in ("auto", "process"):
        made = make_executor(ExecutorOptions(kind), threads=2)  # type: ignore[arg-type]
        assert isinstance(made, Processes)
        assert made.workers == 4
    large = make_executor(ExecutorOptions(), memory=30 * GIB)
    assert isinstance(large, Processes)
    assert large.workers == 3
    asked = make_executor(ExecutorOptions(workers=3), threads=2)
    assert isinstance(asked, Processes)
    assert asked.workers == 3


def test_folds_want_gpus_and_extraction_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "usable_cores", lambda: 8)
    monkeypatch.setattr(options, "free_memory", lambda: 100 * GIB)
    monkeypatch.setattr(
        options, "usable_gpus", lambda: [Gpu("4", 2 * WORKER_GPU_MEMORY), Gpu("6", 0)]
    )
    folds, extraction = (make_executor(ExecutorOptions(), gpus=gpus) for gpus in (True, False))
    assert isinstance(folds, Processes)
    assert isinstance(extraction, Processes)
    assert (folds.workers, folds.gpus) == (3, ["4", "6", "4"])
    assert (extraction.workers, extraction.gpus) == (8, [])


@needs_dask
def test_a_scheduler_means_dask() -> None:
    joined = make_executor(ExecutorOptions(scheduler="tcp://x:1"))
    assert isinstance(joined, Dask)
    assert joined.scheduler == "tcp://x:1"
    own = make_executor(ExecutorOptions("dask", workers=3))
    assert isinstance(own, LocalDask)
    assert own.workers == 3


@pytest.mark.parametrize("wanted", [{"kind": "dask"}, {"scheduler": "tcp://x:1"}])
def test_without_dask_its_installation_is_told(
    wanted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r'pip install "metst\[dask\]"'):
        make_executor(ExecutorOptions(**wanted))


def test_executors_know_nothing_of_folds_and_extraction() -> None:
    for path in Path("src/metst/base/executors").glob("*.py"):
        text = path.read_text()
        assert "metst.runner" not in text, path
        assert "metst.features.extract" not in text, path
