"""A tiny set of rendered heads, made once."""

from pathlib import Path

import pytest

from metst.datasets.heads.maker import generate
from tests.support.heads import TINY


@pytest.fixture(scope="session")
def tiny_heads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two subjects; nobody may change it."""
    root = tmp_path_factory.mktemp("heads") / "set"
    generate(root, TINY, workers=1)
    return root
