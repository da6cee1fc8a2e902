"""Settings, names and places that cannot work: one line, and nothing is left behind."""

import sys
from pathlib import Path

import pytest

from metst.cli import main
from metst.cli.main import FAILED, USAGE

DEMO = ["loso", "--config", "experiments/demo.yaml"]


def refused(capfd: pytest.CaptureFixture[str], words: list[str], code: int = USAGE) -> str:
    assert main(words) == code
    error = capfd.readouterr().err
    assert error.startswith("metst: ")
    assert len(error.strip().splitlines()) == 1
    return error


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("data.batch_size=0", "data.batch_size: expected 1 or more, got 0"),
        ("data.batch_size=-4", "data.batch_size: expected"),
        ("data.samples.ratio=-1", "data.samples.ratio: expected"),
        ("data.samples.ratio=.nan", "data.samples.ratio: expected"),
        ("data.samples.k=1", "data.samples.k: expected"),
        ("loso.threads=0", "loso.threads: expected"),
        ("trainer.max_epochs=-1", "trainer.max_epochs: expected"),
        ("trainer.accelerator=mps", "trainer: "),
        ("model.lr=-1", "model.lr: expected a number above 0, got -1.0"),
        ("model.lr=0", "model.lr: expected"),
        ("model.lr=.nan", "model.lr: expected"),
        ("model.lr=.inf", "model.lr: expected"),
        ("model.spot_weight=-0.1", "model.spot_weight: expected"),
        ("model.neutral_factor=-1", "model.neutral_factor: expected"),
        ("model.network.width=0", "width: expected 1 or more"),
        ("model.network.drop_path=2", "drop_path: expected 0 or a share below 1"),
        ("model.peak=1.5", "model.peak: expected a share"),
        ("evaluation.iou=0", "evaluation.iou: expected"),
        ("seed=-1", "seed: expected"),
        (f"seed={2**80}", "seed: expected"),
        ("executor.workers=-1", "executor.workers: expected"),
        ("data.without=[nobody]", "no subject 'nobody'"),
        ("model.network=nowhere.Nope", "nowhere.Nope (No module named 'nowhere')"),
        ("name=", "name: expected the name of a folder"),
        ("name=a/b", "name: expected the name of a folder"),
    ],
)
def test_a_setting_that_cannot_work_leaves_no_run_folder(
    setting: str, message: str, tiny: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    runs = tmp_path / "runs"
    words = [*DEMO, *tiny, "--name=case", f"--loso.runs={runs}", f"--{setting}"]
    assert message in refused(capfd, words)
    assert not runs.exists()


OWN = {
    "forgotten": "class Small(nn.Module): ...",
    "unset": "import os\nos.environ['NOWHERE']",
    "wrong": "class Small(:",
    "raises": "from torch import nn\nclass Small(nn.Module):\n  def __init__(self):\n    1 / 0",
}
"""Modules of a user's own: without an import or a variable, no Python, and one that fails."""


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("model.network=forgotten.Small", "name 'nn' is not defined (PLACE/forgotten.py:1)"),
        ("model.network=unset.Small", "model: KeyError: 'NOWHERE' (PLACE/unset.py:2)"),
        ("callbacks+=[{class_path: forgotten.X}]", "is not defined (PLACE/forgotten.py:1)"),
        ("callbacks+=[{class_path: wrong.X}]", "invalid syntax (wrong.py, line 1)"),
        ("model.network=raises.Small", "division by zero (PLACE/raises.py:4)"),
        ("model.optimizer=torch.optim.Nope", "got torch.optim.Nope (module 'torch.optim' has no"),
    ],
)
def test_a_fault_of_ones_own_module_is_one_line_with_its_place(
    setting: str,
    message: str,
    tiny: list[str],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, text in OWN.items():
        (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    error = refused(capfd, [*DEMO, *tiny, "--name=case", f"--{setting}"])
    assert message.replace("PLACE", str(tmp_path)) in error


def test_a_missing_place_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "nothing")
    for words in (["evaluate", missing], ["diff", missing], ["diff", str(tmp_path), missing]):
        assert f"{missing}: expected" in refused(capfd, words)


def test_an_empty_name_with_fresh_touches_no_file(
    tiny: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "folds" / "notes.txt"
    kept.parent.mkdir()
    kept.write_text("kept")
    for name in ("", " ", ".", ".."):
        assert "name of a folder" in refused(capfd, [*DEMO, *tiny, f"--name={name}", "--fresh"])
    assert kept.read_text() == "kept"


def test_places_that_are_taken_are_named_with_exit_code_1(
    tiny_runs: Path, tiny: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x")
    run = str(tiny_runs / "demo")
    for words in (
        ["report", run, "--out", str(tmp_path)],
        ["export", run, "--fold", "spNO.1", "--out", str(tmp_path)],
        ["sweep", str(tmp_path), "--local"],
        [*DEMO, *tiny, f"--loso.runs={tmp_path / 'file'}"],
        ["slurm", *DEMO[1:], *tiny, "--executor.workers=0", f"--loso.runs={tmp_path / 'file'}"],
        ["study", *DEMO[1:], *tiny, "--study", str(tmp_path)],
    ):
        error = refused(capfd, words, FAILED)
        assert str(tmp_path) in error
        assert "expected a f" in error
    assert (tmp_path / "file").read_text() == "x"
