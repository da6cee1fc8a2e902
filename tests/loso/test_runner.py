"""Whole runs on a tiny demo: repeatable, resumable, and honest about what is missing."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from metst.cli import main
from metst.errors import MetstError
from metst.loso.arguments import parse
from metst.loso.config import experiment_parser
from metst.loso.fold import FoldJob, run_fold
from metst.loso.ledger import RunFolder
from metst.loso.runner import Finished, run_loso

DEMO = ["--config", "experiments/demo.yaml"]


def run(options: list[str], *more: str) -> Finished:
    parser = experiment_parser("metst loso")
    return run_loso(parser, parse(parser, [*DEMO, *options, *more]))


def weights(run_folder: Path, subject: str) -> dict[str, torch.Tensor]:
    checkpoint = torch.load(run_folder / "folds" / subject / "last.ckpt", weights_only=True)
    return dict(checkpoint["state_dict"])


def test_a_run_leaves_everything_and_running_again_does_nothing(
    tiny: list[str], tmp_path: Path
) -> None:
    finished = run(tiny)
    assert finished.ran == 2
    assert not finished.failed
    folder = tmp_path / "demo"
    results = json.loads((folder / "results.json").read_text())
    assert results["complete"] is True
    assert set(results["folds"]) == {"spNO.1", "spNO.2"}
    for protocol in ("authors", "strict"):
        scores = results["protocols"][protocol]
        assert set(scores["spotting"]) == {"tp", "fp", "fn", "precision", "recall", "f1"}
        assert {"uf1", "uar", "f1"} <= set(scores["recognition"])
        assert 0 <= scores["spotting"]["f1"] <= 1
    assert 0 <= results["protocols"]["strict"]["strs"] <= 1
    fold = folder / "folds" / "spNO.1"
    left = {p.name for p in fold.iterdir()}
    assert {"status.json", "last.ckpt", "predictions.csv", "metrics.json", "timelines"} <= left
    assert {p.name for p in (fold / "timelines").iterdir()} == {"a.png", "b.png"}

    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    again = run(tiny)
    assert again.ran == 0
    assert again.results == results
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


def test_a_run_killed_before_pooling_is_pooled(tiny: list[str], tmp_path: Path) -> None:
    """All folds are done, and the results are still those of an earlier, incomplete run."""
    whole = run(tiny).results
    path = tmp_path / "demo" / "results.json"
    path.write_text(json.dumps({**whole, "folds": {}, "complete": False}))
    assert run(tiny).results == whole
    path.unlink()
    assert run(tiny).results == whole
    assert json.loads(path.read_text()) == whole


def test_workers_and_order_change_no_number(tiny: list[str], tmp_path: Path) -> None:
    run(tiny)
    run(tiny, "--name=parallel", "--loso.workers=2")
    for name in ("results.json", "predictions.csv"):
        parallel = (tmp_path / "parallel" / name).read_bytes()
        assert parallel == (tmp_path / "demo" / name).read_bytes()


def test_an_interrupted_fold_goes_on_to_the_same_weights(
    tiny: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = ("--trainer.max_epochs=4", "--model.network.drop_path=0.5")
    run(tiny, *more)

    from metst.module import AnalysisModule

    step, seen = AnalysisModule.training_step, []

    def stop_in_the_third_epoch(self: AnalysisModule, *arguments: object) -> torch.Tensor:
        seen.append(self.trainer.current_epoch)
        if seen.count(2) == 2:
            raise KeyboardInterrupt
        return step(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(AnalysisModule, "training_step", stop_in_the_third_epoch)
    with pytest.raises(KeyboardInterrupt):
        run(tiny, *more, "--name=broken")
    monkeypatch.undo()
    status = RunFolder(tmp_path / "broken").fold("spNO.1").status()
    assert (status.state, status.epoch) == ("running", 2)

    run(tiny, *more, "--name=broken")
    whole, resumed = weights(tmp_path / "demo", "spNO.1"), weights(tmp_path / "broken", "spNO.1")
    assert all(torch.equal(whole[key], resumed[key]) for key in whole)
    results = [(tmp_path / name / "results.json").read_bytes() for name in ("demo", "broken")]
    assert results[0] == results[1]


def test_a_failing_fold_is_told_and_does_not_stop_the_others(
    tiny: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    from metst.module import AnalysisModule

    setup = AnalysisModule.setup

    def fail_for_one(self: AnalysisModule, stage: str) -> None:
        if self.fold_data.subject == "spNO.1":
            msg = "the sky fell"
            raise MetstError(msg)
        setup(self, stage)

    monkeypatch.setattr(AnalysisModule, "setup", fail_for_one)
    assert main(["loso", *DEMO, *tiny]) == 1
    output = capfd.readouterr().out
    assert "fold spNO.1 failed: the sky fell" in output
    assert "INCOMPLETE" in output
    assert RunFolder(tmp_path / "demo").fold("spNO.1").status().error == "the sky fell"
    results = json.loads((tmp_path / "demo" / "results.json").read_text())
    assert results["complete"] is False
    assert set(results["folds"]) == {"spNO.2"}

    monkeypatch.undo()
    assert main(["loso", *DEMO, *tiny]) == 0
    assert json.loads((tmp_path / "demo" / "results.json").read_text())["complete"] is True


def test_the_last_epoch_is_not_trained_again_for_a_lost_test(
    tiny: list[str], tmp_path: Path
) -> None:
    """Killed between the last epoch and the predictions: the same predictions come."""
    run(tiny)
    fold = tmp_path / "demo" / "folds" / "spNO.2"
    predictions, before = (
        (fold / "predictions.csv").read_bytes(),
        weights(tmp_path / "demo", "spNO.2"),
    )
    (fold / "predictions.csv").unlink()
    config = (tmp_path / "demo" / "config.yaml").read_text()
    run_fold(FoldJob("spNO.2", config, tmp_path / "demo"))
    assert (fold / "predictions.csv").read_bytes() == predictions
    after = weights(tmp_path / "demo", "spNO.2")
    assert all(torch.equal(before[key], after[key]) for key in before)


def test_a_subject_without_a_window_fails_in_words(tiny: list[str]) -> None:
    from metst.loso.config import build

    parser = experiment_parser("metst loso")
    data = build(parser, parse(parser, [*DEMO, *tiny, "--data.k=200"])).data
    data.locate()
    data.extract(1)
    with pytest.raises(MetstError, match=r"none of its 2 videos has 200 frames.*smaller --data\.k"):
        data.choose("spNO.1", 100)


def test_a_run_without_a_judge_is_refused_before_training(tiny: list[str]) -> None:
    with pytest.raises(MetstError, match="expected one that scores"):
        run(tiny, "--callbacks=[]")


def test_shuffled_labels_are_those_of_other_videos(tiny: list[str]) -> None:
    from metst.loso.config import build

    parser = experiment_parser("metst loso")
    tables = []
    for shuffle in ("false", "true"):
        config = parse(parser, [*DEMO, *tiny, f"--data.shuffle_labels={shuffle}"])
        data = build(parser, config).data
        data.locate()
        data.extract(1)
        data.choose("spNO.1", 100)
        recordings = [r for r in data.recordings() if r.subject != "spNO.1"]
        tables.append([t.spot.tolist() for t in data._targets(recordings)])
    own, shuffled = tables
    assert sorted(own) == sorted(shuffled)
    assert all(a != b for a, b in zip(own, shuffled, strict=True))


def test_a_fold_does_not_depend_on_what_ran_before(tiny: list[str], tmp_path: Path) -> None:
    run(tiny)
    predictions = (tmp_path / "demo" / "folds" / "spNO.2" / "predictions.csv").read_bytes()
    shutil.rmtree(tmp_path / "demo" / "folds" / "spNO.2")
    torch.rand(17)
    run(tiny)
    assert (tmp_path / "demo" / "folds" / "spNO.2" / "predictions.csv").read_bytes() == predictions
