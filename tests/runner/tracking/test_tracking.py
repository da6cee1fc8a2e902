"""What wandb gets of whole runs, read back from the files that it would send."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from metst.cli import main
from metst.cli.main import USAGE
from metst.results.ledger import RunFolder
from metst.runner.tracking import session
from tests.runner.tracking.offline import Offline, runs
from tests.support.waiting import wait_until

pytest.importorskip("wandb", reason="wandb is not installed")

pytestmark = pytest.mark.slow

EPOCHS = 2
LOSO = ["loso", "--config", "experiments/demo.yaml"]
OFFLINE = "--wandb.mode=offline"


def elsewhere(words: list[str], **variables: str) -> subprocess.Popen[str]:
    """The command in a process of its own, which does not share this one's connection to wandb."""
    known = {name: value for name, value in os.environ.items() if name != "WANDB_SERVICE"}
    command = [sys.executable, "-m", "metst", *words]
    return subprocess.Popen(
        command, env=known | variables, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def curves(sent: Offline) -> list[tuple[str, int, float]]:
    """Fold, epoch and loss of every row that has a loss."""
    return [
        (name.split("/")[0], row[name.replace("/loss", "/epoch")], value)
        for row in sent.rows
        for name, value in row.items()
        if name.endswith("/loss")
    ]


def logged(run: RunFolder) -> list[tuple[str, int, float]]:
    """The same from the folds' own tables."""
    found = []
    for subject in run.subjects():
        _, *lines = run.fold(subject).curves.read_text().splitlines()
        values = [line.split(",") for line in lines]
        found += [(subject.replace(".", "_"), int(v[0]), float(v[1])) for v in values]
    return found


def check_sent_once(sent: Offline, run: RunFolder) -> None:
    results = json.loads(run.results.read_text())
    assert [row["_step"] for row in sent.rows] == list(range(len(sent.rows)))
    assert sorted(curves(sent)) == sorted(logged(run))
    strict = results["protocols"]["strict"]
    assert sent.summary["strict/strs"] == [strict["strs"]]
    assert sent.summary["strict/spotting/f1"] == [strict["spotting"]["f1"]]
    assert sent.summary["authors/spotting/tp"] == [
        results["protocols"]["authors"]["spotting"]["tp"]
    ]
    assert sent.summary["complete"] == [True]
    assert sent.ended


def test_one_run_holds_all_folds(tiny: list[str], tmp_path: Path) -> None:
    pictures = "--callbacks+=callbacks.timelines.Timelines"
    assert main([*LOSO, *tiny, pictures, OFFLINE, "--wandb.tags=[a, b]"]) == 0
    run = RunFolder(tmp_path / "demo")
    (sent,) = runs(run.path)
    check_sent_once(sent, run)
    assert (sent.name, sent.job_type) == ("demo", "loso")
    assert len(curves(sent)) == 2 * EPOCHS
    assert sent.config["model.network.width"] == 8
    assert sent.summary["folds/nrows"] == [2]
    assert sent.summary["timelines/spNO_1/count"] == [2]
    assert "confusion/nrows" in sent.summary
    assert {"predictions.csv", "results.json", "report.html"} <= set(sent.files)
    (table,) = run.path.glob("wandb/offline-run-*/files/media/table/folds_*.json")
    rows = json.loads(table.read_text())
    assert [row[:2] for row in rows["data"]] == [["spNO.1", "done"], ["spNO.2", "done"]]


def test_a_finished_run_can_be_sent_later_and_once(tiny: list[str], tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "demo")
    assert main([*LOSO, *tiny]) == 0
    assert yaml.safe_load(run.config.read_text())["wandb"]["mode"] == "off"
    assert not run.wandb.exists()
    for _ in range(2):
        assert main([*LOSO, *tiny, OFFLINE, "--wandb.project=other"]) == 0  # no other run for that
        (sent,) = runs(run.path)
        check_sent_once(sent, run)


def test_after_a_kill_one_run_holds_everything_once(tiny: list[str], tmp_path: Path) -> None:
    go_on = tmp_path / "go on"
    held = ["--callbacks+=tests.support.slow.Held", f"--callbacks.until={go_on}"]
    words = [*LOSO, *tiny, *held, OFFLINE, "--executor.workers=2"]
    run = RunFolder(tmp_path / "demo")
    journal = run.path / "wandb" / "journal.json"
    with elsewhere(words) as one:
        wait_until(lambda: journal.exists() and len(json.loads(journal.read_text())["rows"]) >= 1)
        os.killpg(one.pid, signal.SIGKILL)
    before = json.loads(journal.read_text())
    assert not run.results.exists()
    go_on.touch()
    assert main([*words, "--executor.workers=1"]) == 0
    (sent,) = runs(run.path)
    check_sent_once(sent, run)
    assert sent.run_id == before["id"]
    rows = json.loads(journal.read_text())["rows"]
    assert rows[: len(before["rows"])] == before["rows"]


def test_fresh_begins_another_wandb_run(tiny: list[str], tmp_path: Path) -> None:
    ids = []
    for words in ([], ["--fresh"]):
        assert main([*LOSO, *tiny, OFFLINE, *words]) == 0
        (sent,) = runs(tmp_path / "demo")
        ids.append(sent.run_id)
    assert ids[0] != ids[1]


def test_the_environment_can_switch_it_off(
    tiny: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "disabled")
    assert main([*LOSO, *tiny, "--wandb.mode=online"]) == 0
    assert (tmp_path / "demo" / "results.json").exists()
    assert not (tmp_path / "demo" / "wandb").exists()


def test_without_the_package_only_asking_for_it_fails(
    tiny: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(session, "version", lambda _: "")
    assert main([*LOSO, *tiny, OFFLINE]) == USAGE
    assert "pip install 'metst[wandb]'" in capfd.readouterr().err
    assert not (tmp_path / "demo").exists()


def test_a_server_that_cannot_be_reached_costs_nothing(tiny: list[str], tmp_path: Path) -> None:
    server = {"WANDB_BASE_URL": "http://127.0.0.1:9", "WANDB_API_KEY": "0" * 40}
    away = {**server, "WANDB_INIT_TIMEOUT": "3"}
    with elsewhere([*LOSO, *tiny, "--wandb.mode=online"], **away) as process:
        _, printed = process.communicate()
    assert process.returncode == 0
    assert "the run goes on without it" in printed
    run = RunFolder(tmp_path / "demo")
    assert json.loads(run.results.read_text())["complete"]
    assert main([*LOSO, *tiny, OFFLINE]) == 0
    check_sent_once(runs(run.path)[0], run)


def test_a_home_that_cannot_be_written_is_no_obstacle(tiny: list[str], tmp_path: Path) -> None:
    # Also root cannot write below it.
    with elsewhere([*LOSO, *tiny, OFFLINE], HOME="/dev/null") as process:
        process.communicate()
    assert process.returncode == 0
    (sent,) = runs(tmp_path / "demo")
    check_sent_once(sent, RunFolder(tmp_path / "demo"))


def test_what_cannot_be_sent_harms_nothing(
    tiny: list[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "wandb").write_text("in the way")
    assert main([*LOSO, *tiny, OFFLINE]) == 0
    assert "the run goes on without it" in caplog.text
    assert json.loads((tmp_path / "demo" / "results.json").read_text())["complete"]
