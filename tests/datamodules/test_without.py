"""A subject that is taken for absent: as if it had never been there."""

import shutil
from pathlib import Path

import pytest
import torch

from metst.base.errors import ConfigError
from metst.base.executors import Serial
from tests.datamodules.trees import DrawnFaces, write_frames

SUBJECTS = ("S1", "S2", "S3")
HEAD = "subject,video,onset,apex,offset,emotion\n"


def write(root: Path) -> Path:
    for seed, subject in enumerate(SUBJECTS):
        names = (f"{number:04d}.png" for number in range(64))
        write_frames(root / "clips" / f"{subject}-x", names, seed)
    label(root, SUBJECTS)
    return root


def label(root: Path, subjects: tuple[str, ...]) -> None:
    rows = [f"{s},x,{10 + i},20,{30 + i},joy\n" for i, s in enumerate(SUBJECTS)]
    # An empty line in place of a row: the rows below keep their numbers, which belong to them.
    rows = [row if s in subjects else "\n" for s, row in zip(SUBJECTS, rows, strict=True)]
    (root / "labels.csv").write_text(HEAD + "".join(rows))


def remove(root: Path, subject: str) -> None:
    shutil.rmtree(root / "clips" / f"{subject}-x")
    label(root, tuple(s for s in SUBJECTS if s != subject))


def made(root: Path, without: list[str] | None = None) -> DrawnFaces:
    data = DrawnFaces(root, root / "cache", 8, ratio=1.0, batch_size=4, without=without)
    data.extract(Serial())
    return data


def test_nothing_of_it_is_seen(tmp_path: Path) -> None:
    root = write(tmp_path / "all")
    shutil.copytree(root, tmp_path / "two")
    remove(tmp_path / "two", "S2")
    reduced, never = made(root, ["S2"]), made(tmp_path / "two")
    assert reduced.subjects() == never.subjects() == ("S1", "S3")
    assert reduced.recordings() == never.recordings()
    assert reduced.identity() == never.identity()
    for data in (reduced, never):
        data.choose("S1", seed=3)
    assert reduced.motion_threshold() == never.motion_threshold()
    for one, other in zip(reduced.train_dataloader(), never.train_dataloader(), strict=True):
        assert all(map(torch.equal, one, other))


def test_a_misspelt_subject_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no subject 'S22' in fourth; there is S2"):
        made(write(tmp_path), ["S22"])


def test_two_have_to_stay(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="two have to stay"):
        made(write(tmp_path), ["S1", "S3"])
