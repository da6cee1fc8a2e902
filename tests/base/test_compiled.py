"""Kernels kept on disk: used again as long as nothing they are made from changes."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

KERNEL = """
from metst.base.compiled import compiler
from helper import FACTOR, helped

@compiler()
def kernel(x):
    return FACTOR * helped(x)

value = kernel(1.0)
print(value, sum(kernel.stats.cache_hits.values()), sum(kernel.stats.cache_misses.values()))
"""
HELPER = """
from metst.base.compiled import compiler

FACTOR = {factor}

@compiler()
def helped(x):
    return x + {term}
"""


def run(folder: Path, factor: int, term: int, before: str = "") -> str:
    """Value of the kernel, how often it was found on disk, how often compiled."""
    (folder / "helper.py").write_text(HELPER.format(factor=factor, term=term))
    (folder / "kernel.py").write_text(before + KERNEL)
    command = [sys.executable, "kernel.py"]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def test_kernels_follow_the_files_they_are_compiled_from(tmp_path: Path) -> None:
    assert run(tmp_path, factor=1, term=1) == "2.0 0 1\n"
    assert run(tmp_path, factor=1, term=1) == "2.0 1 0\n"
    assert run(tmp_path, factor=1, term=2) == "3.0 0 1\n"
    assert run(tmp_path, factor=2, term=2) == "6.0 0 1\n"
    assert run(tmp_path, factor=1, term=1) == "2.0 1 0\n"  # the first is still there


def test_a_folder_that_cannot_be_written_costs_the_cache_alone(tmp_path: Path) -> None:
    for name in ("__pycache__", "home"):
        (tmp_path / name).write_text("")  # also root cannot write where a file lies in the way
    away = "import os; os.environ.update(HOME='home', XDG_CACHE_HOME='home')"
    for _ in range(2):
        assert run(tmp_path, factor=1, term=1, before=away) == "2.0 0 1\n"


def test_code_that_names_a_module_that_has_moved_is_compiled_anew(tmp_path: Path) -> None:
    assert run(tmp_path, factor=1, term=1) == "2.0 0 1\n"
    for index in tmp_path.rglob("*.nbi"):
        with index.open("rb") as file:
            version = pickle.load(file)
        index.write_bytes(pickle.dumps(version) + b"cmoved\nThing\n.")
    assert run(tmp_path, factor=1, term=1) == "2.0 0 1\n"
    assert run(tmp_path, factor=1, term=1) == "2.0 1 0\n"
