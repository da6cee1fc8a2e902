"""Whole runs on a tiny demo: repeatable, resumable, and honest about what is missing."""

import json
import os
import shutil
from pathlib import Path

import pytest
import torch

from metst.base.errors import MetstError
from metst.base.executors import Outcome, Serial
from metst.cli import main
from metst.results.ledger import RunFolder
from metst.runner.arguments import parse
from metst.runner.config import experiment_parser
from metst.runner.fold import FoldEnd, FoldJob, run_fold
from metst.runner.runner import run_experiment
from metst.runner.selection import Selection
from metst.samples.targets import video_targets
from tests.support.runs import DEMO, run

pytestmark = pytest.mark.slow


def files(folder: Path) -> dict[Path, bytes]:
    """Everything in a run folder but its locks, which name the last process."""
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.suffix}


def flip(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)


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
    assert {"status.json", "last.ckpt", "predictions.csv", "metrics.json"} <= left

    assert {"checkpoints.sha256", "fold.log"} <= left
    assert "previous.ckpt" not in left  # the last one was verified
    log = (fold / "fold.log").read_text()
    for printed in ("training begins after 0 of 2 epochs", "epoch 2: lr", "fold spNO.1 done"):
        assert log.count(printed) == 1
    assert "spNO.2" not in log
    assert json.loads((folder / "environment.json").read_text())["threads"] == 1
    assert json.loads((folder / "subjects.json").read_text()) == ["spNO.1", "spNO.2"]

    before = files(folder)
    again = run(tiny)
    assert again.ran == 0
    assert again.results == results
    assert files(folder) == before


def test_a_run_killed_before_pooling_is_pooled(tiny: list[str], finished: Path) -> None:
    """All folds are done, and the results are still those of an earlier, incomplete run."""
    path = finished / "results.json"
    whole = json.loads(path.read_text())
    path.write_text(json.dumps({**whole, "folds": {}, "complete": False}))
    assert run(tiny).results == whole
    path.unlink()
    assert run(tiny).results == whole
    assert json.loads(path.read_text()) == whole


def test_workers_and_order_change_no_number(
    tiny: list[str], tiny_runs: Path, tmp_path: Path
) -> None:
    """Serial, in two processes, and fold by fold in reversed order."""
    run(tiny, "--name=parallel", "--executor.workers=2")
    first = run(tiny, "--name=reversed", selection=Selection(("spNO.2",)))
    assert (first.ran, first.missing) == (1, ("spNO.1",))
    assert (first.results["complete"], first.results["demanded"]) == (False, 2)
    second = run(tiny, "--name=reversed", selection=Selection(("spNO.1",)))
    assert (second.ran, second.missing) == (1, ())
    for name in ("results.json", "predictions.csv", "annotations.csv"):
        serial = (tiny_runs / "demo" / name).read_bytes()
        assert (tmp_path / "parallel" / name).read_bytes() == serial
        assert (tmp_path / "reversed" / name).read_bytes() == serial


@pytest.mark.parametrize(
    ("settings", "damages"),
    [
        (["--model.network.drop_path=0.5"], [((), 2), (("last",), 1), (("last", "previous"), 0)]),
        (["--data.samples.whole_videos=true", "--data.batch_size=1"], [((), 2)]),
    ],
)
def test_an_interrupted_fold_goes_on_to_the_same_weights(
    settings: list[str],
    damages: list[tuple[tuple[str, ...], int]],
    tiny: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Also where the disk damaged its last checkpoint, or both that it had: `damages`, and after
    which epoch the fold then goes on."""
    more, first = ("--trainer.max_epochs=4", *settings), Selection(("spNO.1",))
    run(tiny, *more, selection=first)

    from metst.systems.me_tst.module import AnalysisModule

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
    broken, kept = tmp_path / "broken", tmp_path / "kept"
    status = RunFolder(broken).fold("spNO.1").now()
    assert (status.state, status.epoch) == ("interrupted", 2)

    broken.rename(kept)
    for damaged, begins in damages:
        shutil.rmtree(broken, ignore_errors=True)
        shutil.copytree(kept, broken)
        for name in damaged:
            checkpoint = broken / "folds/spNO.1" / f"{name}.ckpt"
            flip(checkpoint, checkpoint.stat().st_size // 2)
        caplog.clear()
        run(tiny, *more, "--name=broken", selection=first)
        assert caplog.text.count(".ckpt is damaged") == len(damaged)
        log = (broken / "folds/spNO.1/fold.log").read_text()
        attempts = [line for line in log.splitlines() if "training begins" in line]
        assert f"after {begins} of 4 epochs" in attempts[1]
        whole, resumed = weights(tmp_path / "demo", "spNO.1"), weights(broken, "spNO.1")
        assert all(torch.equal(whole[key], resumed[key]) for key in whole)
        for name in ("results.json", "predictions.csv"):
            assert (broken / name).read_bytes() == (tmp_path / "demo" / name).read_bytes()


def test_damage_in_the_cache_is_told_by_a_fold_and_mended_by_the_next_run(
    tiny: list[str], tiny_cache: Path, tiny_runs: Path, finished: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    shutil.copytree(tiny_cache, cache)
    config = finished / "config.yaml"
    config.write_text(config.read_text().replace(str(tiny_cache), str(cache)))
    own = [*tiny, f"--data.cache={cache}"]
    (entry,) = cache.glob("demo/*/spNO.2/a.safetensors")
    flip(entry, entry.stat().st_size // 2)
    shutil.rmtree(finished / "folds" / "spNO.1")  # is trained on the other subject
    failed = run(own, selection=Selection(("spNO.1",))).failed  # does not look at the cache first
    assert f"{entry}: is damaged" in failed["spNO.1"]
    assert "extract again" in failed["spNO.1"]
    fold = RunFolder(finished).fold("spNO.1")
    assert (fold.now().state, fold.now().error) == ("failed", failed["spNO.1"])
    assert "Traceback" in (fold.path / "fold.log").read_text()

    assert not run(own).failed
    for name in ("results.json", "predictions.csv"):
        assert (finished / name).read_bytes() == (tiny_runs / "demo" / name).read_bytes()


def test_a_report_that_is_older_than_the_results_is_written_again(
    tiny_runs: Path, tiny: list[str], tmp_path: Path
) -> None:
    shutil.copytree(tiny_runs / "demo", tmp_path / "demo")
    page = tmp_path / "demo/report.html"
    page.write_text("of fewer folds")
    parser = experiment_parser("metst loso")
    config = parse(parser, [*DEMO, *tiny])
    run_experiment(parser, config)
    assert page.read_text() == "of fewer folds"  # newer than the results
    os.utime(page, ns=(0, 0))
    run_experiment(parser, config)
    assert page.read_text().startswith("<!")


def test_a_failing_fold_is_reported_once_and_does_not_stop_the_others(
    tiny: list[str],
    finished: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    shutil.rmtree(finished / "folds" / "spNO.1")

    from metst.systems.me_tst.module import AnalysisModule

    setup = AnalysisModule.setup

    def fail_for_one(self: AnalysisModule, stage: str) -> None:
        if self.data.fold.subject == "spNO.1":
            msg = "the sky fell"
            raise MetstError(msg)
        setup(self, stage)

    monkeypatch.setattr(AnalysisModule, "setup", fail_for_one)
    assert main(["loso", *DEMO, *tiny]) == 1
    output = capfd.readouterr().out
    assert output.count("fold spNO.1 failed: the sky fell") == 1
    assert "the sky fell" not in caplog.text
    assert "INCOMPLETE: 1 of 2 folds" in output
    assert RunFolder(finished).fold("spNO.1").status().error == "the sky fell"
    results = json.loads((finished / "results.json").read_text())
    assert results["complete"] is False
    assert set(results["folds"]) == {"spNO.2"}

    monkeypatch.undo()
    assert not run(tiny).failed
    assert json.loads((finished / "results.json").read_text())["complete"] is True


def test_the_last_epoch_is_not_trained_again_for_a_lost_test(finished: Path) -> None:
    """Killed between the last epoch and the predictions: the same predictions come."""
    path = finished / "folds" / "spNO.2" / "predictions.csv"
    predictions, before = path.read_bytes(), weights(finished, "spNO.2")
    path.unlink()
    run_fold(FoldJob("spNO.2", (finished / "config.yaml").read_text(), finished))
    assert path.read_bytes() == predictions
    after = weights(finished, "spNO.2")
    assert all(torch.equal(before[key], after[key]) for key in before)


def test_a_subject_without_a_window_fails_in_words(tiny: list[str]) -> None:
    from metst.runner.config import build

    parser = experiment_parser("metst loso")
    data = build(parser, parse(parser, [*DEMO, *tiny, "--data.samples.k=200"])).data
    data.source.locate()
    data.source.extract(Serial())
    with pytest.raises(
        MetstError, match=r"none of its 2 videos has 200 frames.*smaller --data\.samples\.k"
    ):
        data.choose("spNO.1", 100)


def test_a_run_without_a_judge_is_refused_before_training(tiny: list[str]) -> None:
    with pytest.raises(MetstError, match="expected one that writes predictions"):
        run(tiny, "--callbacks=[]")


def test_shuffled_labels_are_those_of_other_videos(tiny: list[str]) -> None:
    from metst.runner.config import build

    parser = experiment_parser("metst loso")
    tables = []
    for shuffle in ("false", "true"):
        config = parse(parser, [*DEMO, *tiny, f"--data.samples.shuffle_labels={shuffle}"])
        data = build(parser, config).data
        data.source.locate()
        data.source.extract(Serial())
        fold = data.choose("spNO.1", 100)
        shuffled = data.samples.shuffle_labels
        targets = video_targets(fold.training, fold, "strict", shuffled=shuffled)
        tables.append([t.spot.tolist() for t in targets])
    own, shuffled = tables
    assert sorted(own) == sorted(shuffled)
    assert all(a != b for a, b in zip(own, shuffled, strict=True))


def test_a_fold_does_not_depend_on_what_ran_before(tiny: list[str], finished: Path) -> None:
    path = finished / "folds" / "spNO.2" / "predictions.csv"
    predictions = path.read_bytes()
    shutil.rmtree(path.parent)
    torch.rand(17)
    run(tiny)
    assert path.read_bytes() == predictions


def test_the_failure_of_a_killed_worker_is_noted_for_it(tmp_path: Path) -> None:
    from metst.runner.runner import _conclude

    run_folder = RunFolder(tmp_path)
    died: Outcome[FoldJob, FoldEnd]
    died = Outcome(FoldJob("spNO.1", "", tmp_path), error="its worker process died")
    fold = run_folder.fold("spNO.1")
    fold.begin(3)
    with fold.lock.taken():  # somebody has taken it over meanwhile
        _conclude(run_folder, died)
        assert fold.status().state == "running"
    _conclude(run_folder, died)
    assert (fold.now().state, fold.now().error) == ("failed", "its worker process died")
