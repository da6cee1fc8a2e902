"""The weights of the best epoch are what a fold ends with, however often it is interrupted."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from callbacks.best_epoch import BestEpoch
from metst.base.errors import ConfigError
from metst.results.curves import read_curves
from metst.results.ledger import FoldFolder, RunFolder
from metst.runner.arguments import parse
from metst.runner.config import experiment_parser
from metst.runner.fold import FoldJob, run_fold
from metst.runner.runner import Finished, run_loso
from metst.runner.selection import Selection
from metst.systems.me_tst.module import AnalysisModule
from tests.support.rehearsed import few, options

CALLBACKS = [
    {"class_path": "callbacks.exact_resume.ExactResume"},
    {"class_path": "callbacks.spot_then_recognize.SpotThenRecognize"},
    {"class_path": "callbacks.best_epoch.BestEpoch", "init_args": {"patience": 2}},
]
AUGMENTATIONS = [
    {"class_path": f"metst.samples.augmentations.{name}"}
    for name in ("Gain", "TimeWarp", "ChannelDropout", "MirroredFace")
]
WORDS = (
    *("--data.validation=1", "--trainer.max_epochs=12", "--data.batch_size=8", "--loso.threads=1"),
    *("--model.lr=0.03", f"--callbacks={json.dumps(CALLBACKS)}"),
    *("--model.optimizer=torch.optim.AdamW", "--model.spotting_loss=torch.nn.BCELoss"),
    *("--model.schedule=CosineAnnealingLR", "--model.schedule.T_max=12"),
    f"--data.samples.augmentations={json.dumps(AUGMENTATIONS)}",
)


Whole = tuple[FoldFolder, list[tuple[float, dict[str, Tensor]]]]
"""A fold, with validation loss and weights of each of its epochs."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("place")
    few(place)
    return place


def loso(place: Path, name: str, *more: str) -> tuple[Finished, FoldFolder]:
    """A run of the first fold, in this process."""
    words = options(place, "casme3", place / "runs", *WORDS, f"--name={name}", *more)
    parser = experiment_parser("metst loso")
    finished = run_loso(parser, parse(parser, words), Selection(("spNO.1",)))
    return finished, RunFolder(place / "runs" / name).fold("spNO.1")


def checkpoint(fold: FoldFolder) -> dict[str, Any]:
    return dict(torch.load(fold.checkpoint, weights_only=True))


def equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


@pytest.fixture(scope="module")
def whole(place: Path) -> Whole:
    """A fold that nothing disturbed."""
    seen = []

    def look(self: AnalysisModule) -> None:
        weights = {name: x.clone() for name, x in self.state_dict().items()}
        seen.append((float(self.trainer.callback_metrics["val_loss"]), weights))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AnalysisModule, "on_validation_end", look)
        finished, fold = loso(place, "whole")
    assert not finished.failed
    return fold, seen


@pytest.mark.slow
def test_training_ends_and_the_best_weights_are_the_last(whole: Whole) -> None:
    fold, seen = whole
    losses = [loss for loss, _ in seen]
    best = losses.index(min(losses))
    assert len(losses) == best + 1 + 2 < 12
    assert best > 0
    assert equal(checkpoint(fold)["state_dict"], seen[best][1])
    status = fold.status()
    assert (status.state, status.epoch, status.epochs) == ("done", len(losses), 12)
    rows = read_curves(fold.curves)
    assert [row["val_loss"] for row in rows] == pytest.approx(losses)
    assert all({"loss", "val_loss_spotting", "val_loss_recognition"} <= row.keys() for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize("step", ["training_step", "validation_step"])
def test_an_interrupted_fold_ends_with_the_same_bytes(
    step: str, place: Path, whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the last epoch, when the best one is over: its weights are in the checkpoint alone."""
    fold, seen = whole
    done = getattr(AnalysisModule, step)

    def stop(self: AnalysisModule, *arguments: object) -> object:
        if self.trainer.current_epoch == len(seen) - 1:
            raise KeyboardInterrupt
        return done(self, *arguments)

    monkeypatch.setattr(AnalysisModule, step, stop)
    with pytest.raises(KeyboardInterrupt):
        loso(place, f"broken-{step}")
    monkeypatch.undo()
    finished, broken = loso(place, f"broken-{step}")
    assert not finished.failed
    assert equal(checkpoint(broken)["state_dict"], checkpoint(fold)["state_dict"])
    for name in ("predictions.csv", "curves.csv", "outputs.safetensors"):
        assert (broken.path / name).read_bytes() == (fold.path / name).read_bytes()


@pytest.mark.slow
def test_a_fold_killed_before_its_test_is_tested_with_the_best_weights(
    place: Path, whole: Whole
) -> None:
    fold, seen = whole
    run = place / "runs" / "killed"
    shutil.copytree(fold.path.parents[1], run)
    killed = RunFolder(run).fold("spNO.1")
    killed.predictions.unlink()
    before = killed.checkpoint.read_bytes()
    run_fold(FoldJob("spNO.1", (run / "config.yaml").read_text(), run))
    assert killed.checkpoint.read_bytes() == before
    assert killed.predictions.read_bytes() == fold.predictions.read_bytes()
    assert killed.status().epoch == len(seen)


@pytest.mark.slow
def test_without_validation_subjects_it_is_refused(place: Path) -> None:
    finished, _ = loso(place, "none", "--data.validation=0")
    assert "BestEpoch: expected validation subjects" in finished.failed["spNO.1"]
    assert "set --data.validation 2" in finished.failed["spNO.1"]
    other = [*CALLBACKS[:-1], {**CALLBACKS[-1], "init_args": {"monitor": "loss"}}]
    finished, _ = loso(place, "loss", f"--callbacks={json.dumps(other)}")
    names = "val_loss, val_loss_recognition, val_loss_spotting"
    assert finished.failed["spNO.1"] == f"BestEpoch.monitor: expected one of {names}, got loss"


def test_patience_is_a_number_of_epochs() -> None:
    with pytest.raises(ConfigError, match=r"BestEpoch\.patience: expected a number of epochs"):
        BestEpoch(patience=0)
