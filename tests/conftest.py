"""A tiny demo data set, made once, and the options that make an experiment use it."""

import importlib.util
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from metst.datasets.demo.maker import generate
from tests.support.runs import TINY, run, tiny_options

COSTLY = {"tiny_runs", "both_runs", "tiny_heads"}
"""Fixtures that train whole folds or draw videos: tests that use them are slow, whichever comes
first.
"""


@pytest.hookimpl(tryfirst=True)  # before pytest deselects by marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, so that none is begun when the other workers are done.

    xdist by itself takes the files with the most tests first.
    """
    for item in items:
        if COSTLY & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
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
    """One feature store for all tests: extraction is what takes time."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def tiny(tiny_root: Path, tiny_cache: Path, tmp_path: Path) -> list[str]:
    """Options that shorten `experiments/demo.yaml` to seconds; runs go to `tmp_path`."""
    return tiny_options(tiny_root, tiny_cache, tmp_path)


@pytest.fixture(scope="session")
def tiny_runs(tiny_root: Path, tiny_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a finished run, `demo`; nobody may change it, see `finished`."""
    runs = tmp_path_factory.mktemp("runs")
    assert not run(tiny_options(tiny_root, tiny_cache, runs)).failed
    return runs


@pytest.fixture(scope="session")
def both_runs(tiny_root: Path, tiny_cache: Path, tiny_runs: Path) -> Path:
    """Folder with two finished runs, `demo` and `control`."""
    options = tiny_options(tiny_root, tiny_cache, tiny_runs)
    assert not run(options, "--data.samples.shuffle_labels=true", "--name=control").failed
    return tiny_runs


@pytest.fixture
def finished(tiny_runs: Path, tmp_path: Path) -> Path:
    """A finished run of one's own, which the options `tiny` go on with."""
    return Path(shutil.copytree(tiny_runs / "demo", tmp_path / "demo"))
