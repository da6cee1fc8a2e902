"""Small generated data sets of the real shape, written once."""

from pathlib import Path

import pytest

from experiments.bench.rehearsal import TINY, rehearse
from tests.support.rehearsed import Generated


@pytest.fixture(scope="session")
def casme3(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    """12 subjects, 60 videos in the layout of CAS(ME)^3: its folder, and what is in it."""
    return _generated(tmp_path_factory.mktemp("casme3"), "casme3")


@pytest.fixture(scope="session")
def sammlv(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    """8 subjects, 32 videos in the layout of SAMM-LV: its folder, and what is in it."""
    return _generated(tmp_path_factory.mktemp("sammlv"), "sammlv")


def _generated(place: Path, name: str) -> Generated:
    return place, rehearse(place / "root", place / "cache", TINY[name])
