"""Sweeps through the real commands, on the tiny demo."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from metst.cli import main
from metst.cli.main import FAILED, OK, USAGE
from metst.runner.sweeps import servers
from metst.runner.sweeps.folder import SweepFolder
from metst.runner.sweeps.scores import running
from tests.support.wandb_server import serving

pytestmark = pytest.mark.slow

DEADLINE = 240.0
"""Seconds that a busy machine may take to come to what is waited for."""

FILE = """
project: metst
method: random
metric: {name: strict/strs, goal: maximize}
run_cap: 2
parameters:
  model.lr: {distribution: log_uniform_values, min: 1.0e-3, max: 1.0e-1}
  model.peak: {values: [0.3, 0.4]}
command: ["${env}", python, -m, metst, trial, --config, experiments/demo.yaml, --sweep, s,
          --wandb.mode, online, "${args}"]
"""


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    path = tmp_path / "s.yaml"
    path.write_text(FILE)
    return path


def trials(runs: Path, name: str = "demo-s") -> dict[str, object]:
    """Contents of the records by name."""
    files = (runs / name / "trials").glob("*/trial.json")
    return {path.parent.name: json.loads(path.read_text()) for path in files}


def test_a_killed_sweep_goes_on_and_gives_the_same(
    tiny: list[str], tmp_path: Path, sweep: Path
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    quick = ["--trainer.max_epochs=1", "--executor.kind=serial"]
    command = ["sweep", str(sweep), "--local", *tiny, *quick]
    assert main([*command, f"--loso.runs={whole}"]) == OK
    expected = trials(whole)
    assert len(expected) == 2

    words = [*command, f"--loso.runs={broken}"]
    with subprocess.Popen([sys.executable, "-m", "metst", *words], start_new_session=True) as run:
        deadline = time.monotonic() + DEADLINE
        while not trials(broken) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(run.pid, signal.SIGKILL)  # in the second trial
    assert len(trials(broken)) == 1
    assert main(words) == OK
    assert trials(broken) == expected
    for name in ("sweep.md", "sweep.json", "sweep.html"):
        assert (broken / "demo-s" / name).stat().st_size > 0


def test_trials_and_table_of_what_is_there(
    tiny: list[str], tmp_path: Path, sweep: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quick = [*tiny, "--trainer.max_epochs=1", "--executor.kind=serial"]
    assert main(["sweep", str(sweep), "--local", "--trials", "1", *quick]) == OK
    made = trials(tmp_path)
    assert len(made) == 1
    (tmp_path / "demo-s" / "sweep.md").unlink()
    capsys.readouterr()
    assert main(["sweep", str(sweep), "--table", *quick]) == OK
    assert next(iter(made)) in capsys.readouterr().out
    assert trials(tmp_path) == made


def test_wandbs_own_programs_run_trials(
    tiny: list[str], tmp_path: Path, sweep: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("wandb", reason="wandb is not installed")
    wanted = [{"model.lr": 0.01, "model.peak": peak} for peak in (0.2, 0.3)]
    quick = [*tiny, "--trainer.max_epochs=1", "--executor.kind=serial"]
    words = ", ".join(f"'{word}'" for word in quick)
    sweep.write_text(FILE.replace('"${args}"', f'{words}, "${{args}}"'))
    with serving(wanted) as server:
        monkeypatch.setenv("WANDB_BASE_URL", server.address)
        monkeypatch.setenv("WANDB_API_KEY", "0" * 40)
        monkeypatch.setenv("WANDB_MODE", "offline")  # of the trials' own runs
        assert main(["sweep", str(sweep)]) == OK
    content = server.sweeps[0]
    assert set(content["parameters"]) == {"model.lr", "model.peak"}
    assert {"UpsertSweep", "CreateAgent", "Heartbeat"} <= set(server.asked)
    records = SweepFolder(tmp_path / "demo-s").records()
    assert [r.settings["model.peak"] for r in records] == [0.2, 0.3]
    assert len({r.network for r in records}) == 1
    assert all(len(r.folds) == 2 for r in records)
    for record in records:
        place = tmp_path / "demo-s" / "trials" / record.digest
        assert list(place.glob("wandb/offline-run-*")), f"{record.digest} was not logged to wandb"


def test_nested_selection_looks_at_no_left_out_subject(
    tiny: list[str],
    tmp_path: Path,
    sweep: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    three = tmp_path / "three"
    words = [
        *("--data.demo.subjects=3", "--data.demo.videos=1", f"--data.root={three}"),
        *("--trainer.max_epochs=1", "--executor.kind=serial"),
    ]
    rate = "{distribution: log_uniform_values, min: 1.0e-3, max: 1.0e-1}"
    sweep.write_text(FILE.replace(rate, "{value: 0.01}").replace("[0.3, 0.4]", "[0.3, 0.5]"))
    command = ["sweep", str(sweep), "--local", "--nested", *tiny, *words]
    assert main(command) == OK
    folder = SweepFolder(tmp_path / "demo-s")
    records = folder.records()
    content = json.loads((folder.path / "sweep.json").read_text())
    nested = content["selections"][-1]
    assert nested["way"] == "nested selection"
    for subject in ("spNO.1", "spNO.2", "spNO.3"):
        inner = [folder.nested(subject).trial(r.digest).read() for r in records]
        assert all(
            r is not None and set(r.folds) == set(records[0].folds) - {subject} for r in inner
        )
        scores = {r.digest: running(r)[-1] for r in inner if r is not None}
        assert scores[nested["chosen"][subject]] == max(scores.values())
    assert "nested selection" in capsys.readouterr().out


def test_two_agents_share_the_folds_of_a_network(tiny: list[str], tmp_path: Path) -> None:
    experiment = ["--config", "experiments/demo.yaml", *tiny, "--trainer.max_epochs=1"]
    base = [*experiment, "--executor.kind=serial", "--sweep", "s"]
    assert main(["extract", *experiment]) == OK
    agents = [
        subprocess.Popen([sys.executable, "-m", "metst", "trial", *base, f"--model.peak={peak}"])
        for peak in ("0.3", "0.4")
    ]
    assert [agent.wait(DEADLINE) for agent in agents] == [OK, OK]
    records = SweepFolder(tmp_path / "demo-s").records()
    assert sorted(r.settings["model.peak"] for r in records) == [0.3, 0.4]
    assert len({r.network for r in records}) == 1
    assert all(len(r.folds) == 2 for r in records)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--model.lrr", "1"], "unknown key 'model.lrr'; did you mean model.lr"),
        (["--stop.aftr=1"], "unknown key 'stop.aftr'; did you mean stop.after"),
        (["--model.peek=0.5"], "unknown key 'model.peek'"),
        (["--model.peak=high"], "model.peak"),
        (["--evaluation.variant=both"], "evaluation.variant"),
        (["--stop.after=-1"], "stop.after"),
        (["--sweep="], "--sweep: expected the name of a folder"),
    ],
)
def test_a_wrong_trial_is_refused_in_a_line(
    tiny: list[str],
    tmp_path: Path,
    words: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    experiment = ["--config", "experiments/demo.yaml", *tiny, "--sweep", "s"]
    assert main(["trial", *experiment, *words]) == USAGE
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "demo-s").exists()


def test_a_wrong_sweep_is_refused_before_anything_is_trained(
    tiny: list[str], tmp_path: Path, sweep: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep.write_text(FILE.replace("model.lr", "model.lrr"))
    assert main(["sweep", str(sweep), "--local", *tiny]) == USAGE
    assert "did you mean model.lr" in capsys.readouterr().err
    sweep.write_text(FILE.replace("run_cap: 2", ""))
    assert main(["sweep", str(sweep), "--local", *tiny]) == USAGE
    assert "give run_cap there, or --trials N" in capsys.readouterr().err
    assert main(["sweep", "--local"]) == USAGE
    assert "expected a sweep first" in capsys.readouterr().err
    assert main(["sweep", str(sweep), "--model.lr=1"]) == USAGE
    assert "--model.lr=1: agents take their options from" in capsys.readouterr().err
    assert main(["sweep", str(sweep), "--nested", *tiny]) == USAGE
    assert "--nested goes with --local" in capsys.readouterr().err
    assert not (tmp_path / "demo-s").exists()


def test_a_check_runs_nothing(
    tiny: list[str], tmp_path: Path, sweep: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", str(sweep), "--check", *tiny]) == OK
    assert "is valid" in capsys.readouterr().out
    assert not (tmp_path / "demo-s").exists()


def test_without_wandb_its_servers_cannot_be_asked(
    sweep: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(servers, "version", lambda _: "")
    assert main(["sweep", str(sweep)]) == USAGE
    assert "wandb is not installed: pip install 'metst[wandb]'; or do" in capsys.readouterr().err


def test_without_a_login_its_servers_cannot_be_asked(
    tmp_path: Path,
    sweep: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pytest.importorskip("wandb", reason="wandb is not installed")
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    for name in ("HOME", "NETRC", "WANDB_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "nobody"))
    with serving([]) as server:
        monkeypatch.setenv("WANDB_BASE_URL", server.address)
        assert main(["sweep", str(sweep)]) == FAILED
    assert "wandb login" in capsys.readouterr().err
    assert not Path("runs/demo-s").exists()


def test_the_shipped_sweep_of_the_demo_runs(tiny: list[str], tmp_path: Path) -> None:
    over = ["--config", "experiments/demo.yaml", *tiny, "--name=any", "--trainer.max_epochs=1"]
    assert main(["sweep", "experiments/sweeps/demo.yaml", "--local", "--trials=1", *over]) == OK
    assert len(trials(tmp_path, "any-demo")) == 1
