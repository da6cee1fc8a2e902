"""A tiny demo data set, made once, and the options that make an experiment use it."""

import importlib.util
import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from metst.datasets.demo.maker import generate
from metst.datasets.demo.options import DemoOptions
from tests.support.runs import run

TINY = DemoOptions(subjects=2, videos=2, frames=150, size=200, seed=3)

CALLBACKS = [
    {"class_path": "callbacks.exact_resume.ExactResume"},
    {"class_path": "callbacks.spot_then_recognize.SpotThenRecognize"},
]
"""Those of the demo but for the pictures, which take longer than the training."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, so that none is begun when the other workers are done.

    xdist by itself takes the files with the most tests first.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """Torch's OpenMP pool spins for minutes where other programs share the cores."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="session")
def _no_connection_beyond_this_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Here and in every Python process that is started from here; see `loopback`."""
    notes = tmp_path_factory.mktemp("connections") / "notes.txt"
    folder = Path(__file__).with_name("loopback").resolve()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("METST_CONNECTIONS", str(notes))
        patch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
        spec = importlib.util.spec_from_file_location("loopback", folder / "sitecustomize.py")
        assert spec is not None
        assert spec.loader is not None
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
        yield
        assert not notes.exists(), notes.read_text()


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_is_heard() -> None:
    """Started in a script's background, this process and its children would ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def tiny_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two subjects with two videos of 150 frames."""
    root = tmp_path_factory.mktemp("demo")
    generate(root, TINY, workers=1)
    return root


@pytest.fixture(scope="session")
def tiny_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One flow cache for all tests: extraction is what takes time."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def tiny(tiny_root: Path, tiny_cache: Path, tmp_path: Path) -> list[str]:
    """Options that shorten `experiments/demo.yaml` to seconds; runs go to `tmp_path`."""
    return _options(tiny_root, tiny_cache, tmp_path)


@pytest.fixture(scope="session")
def tiny_runs(tiny_root: Path, tiny_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a finished run, `demo`; nobody may change it, see `finished`."""
    runs = tmp_path_factory.mktemp("runs")
    assert not run(_options(tiny_root, tiny_cache, runs)).failed
    return runs


@pytest.fixture(scope="session")
def both_runs(tiny_root: Path, tiny_cache: Path, tiny_runs: Path) -> Path:
    """Folder with two finished runs, `demo` and `control`."""
    options = _options(tiny_root, tiny_cache, tiny_runs)
    assert not run(options, "--data.samples.shuffle_labels=true", "--name=control").failed
    return tiny_runs


@pytest.fixture
def finished(tiny_runs: Path, tmp_path: Path) -> Path:
    """A finished run of one's own, which the options `tiny` go on with."""
    return Path(shutil.copytree(tiny_runs / "demo", tmp_path / "demo"))


def _options(root: Path, cache: Path, runs: Path) -> list[str]:
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
