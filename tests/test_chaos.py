"""A run that is killed again and again leaves what an undisturbed one leaves; see the benchmark.

The long version: `python -m experiments.bench.chaos --kills 20`.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from experiments.bench.chaos import SMALL, Place, compare, flip_bits


@pytest.mark.slow
def test_killed_three_times_with_flipped_bits_all_is_equal() -> None:
    words = ["--small", "--kills=3", "--flips", "--workers=1", "--seed=2"]
    done = subprocess.run(
        [sys.executable, "-m", "experiments.bench.chaos", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    hits = re.findall(r"^kill +\d+ +(.*)$", done.stdout, re.MULTILINE)
    assert len(hits) == 3
    assert sum("too late" not in hit for hit in hits) >= 2  # a busy machine may miss the pooling
    flipped, logged = re.findall(r"\d+", re.findall("files with.*", done.stdout)[0])
    assert flipped == logged
    assert int(flipped) > 0
    assert "all equal" in done.stdout


def finished(folder: Path) -> Place:
    """A place whose folds are done, with the least that is compared."""
    place = Place(folder, folder / "data", SMALL, [])
    for subject, fold in place.folds.items():
        fold.begin(1)
        fold.predictions.write_text(subject)
        fold.finish()
        torch.save({"state": {"weight": torch.arange(3.0)}, "steps": [3]}, fold.checkpoint)
    for name in ("results.json", "predictions.csv", "annotations.csv"):
        (place.run.path / name).write_text(json.dumps({"made": name}))
    return place


def test_equal_runs_are_equal(tmp_path: Path) -> None:
    assert compare(finished(tmp_path / "one"), finished(tmp_path / "other")) == []


@pytest.mark.parametrize("name", ["results.json", "predictions.csv"])
def test_one_byte_that_differs_is_seen(name: str, tmp_path: Path) -> None:
    one, other = finished(tmp_path / "one"), finished(tmp_path / "other")
    path = other.run.path / name
    path.write_text(path.read_text() + " ")
    assert compare(one, other) == [f"{name} differs"]


def test_one_weight_that_differs_is_seen(tmp_path: Path) -> None:
    one, other = finished(tmp_path / "one"), finished(tmp_path / "other")
    weight = torch.tensor([0.0, 1.0, np.nextafter(np.float32(2), np.float32(3))])
    torch.save({"state": {"weight": weight}, "steps": [3]}, other.folds["spNO.2"].checkpoint)
    (found,) = compare(one, other)
    assert found.startswith("spNO.2")


def test_a_flip_is_one_bit_and_logged_only_by_a_later_line_about_its_file(tmp_path: Path) -> None:
    place = finished(tmp_path / "run")
    fold = place.folds["spNO.1"]
    fold.begin(2)  # of the others the checkpoint is never read again
    fold.log.write_text(f"{fold.checkpoint} is damaged\n")  # an earlier one
    before = fold.checkpoint.read_bytes()
    (flip,) = flip_bits(place, set(), np.random.default_rng(0))
    assert flip.path == fold.checkpoint
    changed = np.frombuffer(before, np.uint8) ^ np.frombuffer(flip.path.read_bytes(), np.uint8)
    assert np.unpackbits(changed).sum() == 1
    assert not flip.logged()
    with fold.log.open("a") as log:
        log.write(f"{fold.checkpoint} is damaged; the fold begins anew{os.linesep}")
    assert flip.logged()
    assert list(flip_bits(place, {fold.checkpoint}, np.random.default_rng(0))) == []
