"""A made-up run that takes a second instead of a training."""

from pathlib import Path

import pytest

from tests.support.made_up import make_run


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two subjects with two videos of 900 frames; nobody may change it."""
    return make_run(tmp_path_factory.mktemp("runs") / "made-up", 2, 2, 900)
