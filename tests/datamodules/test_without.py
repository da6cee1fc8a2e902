"""A subject that is taken for absent: as if it had never been there."""

import shutil
from pathlib import Path

import pytest
import torch

from metst.base.errors import ConfigError
from tests.support.drawn import SUBJECTS, extracted, label, write_clips


def remove(root: Path, subject: str) -> None:
    shutil.rmtree(root / "clips" / f"{subject}-x")
    label(root, tuple(s for s in SUBJECTS if s != subject))


def test_nothing_of_it_is_seen(tmp_path: Path) -> None:
    root = write_clips(tmp_path / "all")
    shutil.copytree(root, tmp_path / "two")
    remove(tmp_path / "two", "S2")
    reduced, never = extracted(root, ["S2"]), extracted(tmp_path / "two")
    assert reduced.source.subjects() == never.source.subjects() == ("S1", "S3")
    assert reduced.source.recordings() == never.source.recordings()
    assert reduced.source.identity() == never.source.identity()
    for data in (reduced, never):
        data.choose("S1", seed=3)
    assert reduced.samples.motion_threshold() == never.samples.motion_threshold()
    for one, other in zip(reduced.train_dataloader(), never.train_dataloader(), strict=True):
        assert all(map(torch.equal, one, other))


def test_a_misspelt_subject_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no subject 'S22' in fourth; there is S2"):
        extracted(write_clips(tmp_path), ["S22"])


def test_two_have_to_stay(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="two have to stay"):
        extracted(write_clips(tmp_path), ["S1", "S3"])
