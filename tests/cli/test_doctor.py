"""The doctor names what works, what does not, and the honest size of a network."""

import pytest

from metst.cli import doctor, main
from metst.video.face import DlibDetector


def test_everything_a_run_needs_works_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    for name in ("torch", "opencv", "landmarks", "free disk", "scan cpu on cpu", "scan reference"):
        assert name in said


def test_a_missing_model_is_told_with_its_mend(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(DlibDetector, "MODEL_PACKAGE", "no_such_package")
    assert main(["doctor"]) == 1
    assert "pip install no_such_package" in " ".join(capsys.readouterr().out.split())


def test_the_size_of_the_released_network(capsys: pytest.CaptureFixture[str]) -> None:
    """The published 18.054 K and 1.370 M are what a hook-based counter sees (ME-TST, IV)."""
    assert main(["doctor", "--config", "experiments/casme3.yaml"]) == 0
    said = capsys.readouterr().out
    assert "18,054" in said
    assert "1,369,600" in said
    assert "1,249,926" in said


@pytest.mark.parametrize(
    ("mode", "told"), [("offline", "WANDB_MODE=offline"), (None, "unless --wandb.mode asks")]
)
def test_wandb_mode(mode: str | None, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_version", lambda _: "0.31.0")
    if mode is None:
        monkeypatch.delenv("WANDB_MODE", raising=False)
    else:
        monkeypatch.setenv("WANDB_MODE", mode)
    works, what = doctor._wandb()
    assert works
    assert what.startswith("0.31.0")
    assert told in what


def test_wandb_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_version", lambda _: None)
    works, what = doctor._wandb()
    assert not works
    assert "pip install 'metst[wandb]'" in what
