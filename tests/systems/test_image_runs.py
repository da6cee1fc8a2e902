"""Whole runs of the systems on flow images: trained, stopped, judged again, reported."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch

from metst.report import write_report
from metst.results.ledger import RunFolder
from metst.results.tables import read_predictions
from metst.runner.rescore import rescore
from metst.runner.selection import Selection
from metst.systems.mean import MEAN, MEANSamples
from metst.systems.sfamnet import SFAMNetSamples
from metst.systems.softnet import SOFTNetSamples
from tests.support.image_store import fill
from tests.support.runs import run

SPOTTERS = {"mean": MEANSamples, "softnet": SOFTNetSamples, "sfamnet": SFAMNetSamples}
SHORT = {
    "mean": ["--trainer.max_epochs=4", "--model.spotting_epochs=2"],
    "softnet": ["--trainer.max_epochs=2"],
    "sfamnet": ["--trainer.max_steps=3"],
}


def overlaid(system: str, *more: str) -> list[str]:
    return ["--config", f"experiments/systems/{system}.yaml", "--name=small", *more]


@pytest.mark.slow
@pytest.mark.parametrize("system", SPOTTERS)
def test_a_spotter(
    system: str, tiny: list[str], tiny_root: Path, tiny_cache: Path, tmp_path: Path
) -> None:
    fill(SPOTTERS[system]().feature, tiny_root, tiny_cache)
    results = run(tiny, *overlaid(system, *SHORT[system])).results
    folder = RunFolder(tmp_path / "small")
    assert folder.fold("spNO.1").checkpoint.exists()
    assert bool(results["annotated"]) == (system != "softnet")
    table = read_predictions(folder.predictions)
    assert {name.partition("/")[0] for name in table["variant"]} == {"authors", "strict"}
    kinds = {"micro", "macro"} if system == "sfamnet" else {"micro"}
    assert set(table["kind"]) <= kinds
    strict = table[table["variant"].str.startswith("strict/")]
    assert (strict["onset"] >= 1).all()
    assert (strict["offset"] <= 150).all()
    predictions, again = rescore(folder.path)
    assert predictions.equals(table)
    assert again == json.loads(folder.results.read_text())
    assert "spNO.1" in write_report([folder.path]).read_text()


@pytest.mark.slow
def test_mean_spots_what_it_has_no_name_for(
    tiny: list[str], tiny_root: Path, tiny_cache: Path, tmp_path: Path
) -> None:
    fill(MEANSamples().feature, tiny_root, tiny_cache)
    results = run(tiny, *overlaid("mean", *SHORT["mean"], "--model.emotions=2")).results
    spotted = results["protocols"]["strict"]["spotting"]
    assert results["annotated"]["strict"]["named"] == spotted["tp"] + spotted["fn"]
    table = read_predictions(tmp_path / "small/predictions.csv")
    assert set(table["emotion"].dropna()) <= {"negative", "positive"}


@pytest.mark.parametrize(
    ("system", "wrong", "reason"),
    [
        ("softnet", "--model.kind=macro", r"model\.kind: expected micro, as data\.samples\.kind"),
        ("ststnet", "--data.samples.size=60", "3 planes and data.samples.size 60"),
        ("dual_inception", "--data.samples.channels=[u]", "1 planes and data.samples.size 28"),
        ("mean", "--model.emotions=5", "expected 1 to 4, the first of negative, positive"),
        ("mean", "--data.samples.step=10", "no image of frames 300 apart shows an expression"),
    ],
)
def test_what_cannot_work_is_refused_at_the_start(
    system: str, wrong: str, reason: str, tiny: list[str], tiny_root: Path, tiny_cache: Path
) -> None:
    if system in SPOTTERS:
        fill(SPOTTERS[system]().feature, tiny_root, tiny_cache)
    failed = run(tiny, *overlaid(system, wrong), selection=Selection(("spNO.1",))).failed
    assert re.search(reason, failed["spNO.1"])


@pytest.mark.slow
@pytest.mark.parametrize("system", ["ststnet", "rcn_a", "dual_inception"])
def test_a_recognizer(system: str, tiny: list[str], tmp_path: Path) -> None:
    results = run(tiny, *overlaid(system, "--trainer.max_epochs=2")).results
    strict = results["protocols"]["strict"]
    assert (strict["spotting"]["fp"], strict["spotting"]["fn"]) == (0, 0)
    alone = results["annotated"]["strict"]
    assert {name: alone[name] for name in strict["recognition"]} == strict["recognition"]
    predictions, _ = rescore(tmp_path / "small")
    assert predictions.equals(read_predictions(tmp_path / "small/predictions.csv"))


@pytest.mark.slow
def test_a_recognizer_behind_a_finished_run(
    tiny: list[str],
    tiny_root: Path,
    tiny_cache: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fill(SOFTNetSamples().feature, tiny_root, tiny_cache)
    spotted = run(tiny, *overlaid("softnet", *SHORT["softnet"], "--name=spotted")).results
    behind = ["--model.spotter=metst.results.spotter.FinishedRun"]
    behind.append(f"--model.spotter.run={tmp_path / 'spotted'}")
    results = run(tiny, *overlaid("ststnet", "--trainer.max_epochs=2", *behind)).results
    for protocol in ("authors", "strict"):
        counts = [r["protocols"][protocol]["spotting"] for r in (spotted, results)]
        assert counts[0] == counts[1]
        assert results["annotated"][protocol]["named"] > 0
    assert "site-packages" not in caplog.text  # no warnings of libraries that nobody can act on


@pytest.mark.slow
@pytest.mark.parametrize("stopped_in", [1, 3])
def test_mean_stopped_in_either_stage_ends_with_the_same_bytes(
    stopped_in: int,
    tiny: list[str],
    tiny_root: Path,
    tiny_cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(MEANSamples().feature, tiny_root, tiny_cache)
    first, options = Selection(("spNO.1",)), overlaid("mean", *SHORT["mean"])
    run(tiny, *options, selection=first)
    step = MEAN.training_step

    def stop(self: MEAN, batch: Any, batch_idx: int) -> torch.Tensor:  # noqa: ANN401
        if self.current_epoch == stopped_in:
            raise KeyboardInterrupt
        return step(self, batch, batch_idx)

    monkeypatch.setattr(MEAN, "training_step", stop)
    with pytest.raises(KeyboardInterrupt):
        run(tiny, *options, "--name=broken", selection=first)
    monkeypatch.undo()
    run(tiny, *options, "--name=broken", selection=first)
    for name in ("predictions.csv", "folds/spNO.1/outputs.safetensors"):
        assert (tmp_path / "broken" / name).read_bytes() == (tmp_path / "small" / name).read_bytes()
    columns = (tmp_path / "broken/folds/spNO.1/curves.csv").read_text().splitlines()
    assert len(columns) == 1 + 4  # a row per epoch of both stages
