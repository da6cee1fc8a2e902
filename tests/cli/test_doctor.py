"""The doctor names what works, what does not, and the size of a network."""

from pathlib import Path

import pytest

from metst.cli import doctor, main
from metst.cli.main import USAGE
from metst.video.face import DlibDetector


def test_everything_a_run_needs_works_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    printed = capsys.readouterr().out
    for name in ("torch", "opencv", "faces, mesh", "faces, dlib", "scan cpu on cpu"):
        assert name in printed


def test_dlib_is_not_needed_and_named_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(DlibDetector, "MODEL_PACKAGE", "no_such_package")
    assert main(["doctor"]) == 0
    printed = " ".join(capsys.readouterr().out.replace("│", "").split())
    assert "the package no_such_package" in printed
    assert "pip install 'metst[release]'" in printed


def test_the_size_of_the_released_network(capsys: pytest.CaptureFixture[str]) -> None:
    """The published 18.054 K and 1.370 M are what a hook-based counter sees (ME-TST, IV)."""
    assert main(["doctor", "--config", "experiments/casme3.yaml"]) == 0
    printed = capsys.readouterr().out
    assert "18,054" in printed
    assert "1,369,600" in printed
    assert "1,249,926" in printed


METST = "metst.systems.me_tst.network.METST"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data: {}", "expected the class metst.systems.me_tst.network.METST, got no network"),
        ("model: {init_args: {network: {init_args: {width: 8}}}}", "got no network"),
        ("model: {init_args: {network: {class_path: mynet.Small}}}", "got mynet.Small"),
        ("model: {init_args: {network: mynet.Small}}", "got mynet.Small"),
        (
            f"model: {{init_args: {{network: {{class_path: {METST}, init_args: {{wide: 8}}}}}}}}",
            "expected the arguments of METST, got others",
        ),
        ("model: [", "expected YAML"),
    ],
)
def test_only_me_tst_is_counted(
    text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(text)
    assert main(["doctor", f"--config={path}"]) == USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert str(path) in line
    assert message in line


@pytest.mark.parametrize("mode", ["offline", ""])
def test_wandb_mode(
    mode: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "version", lambda name: "9.9" if name == "wandb" else "")
    monkeypatch.setenv("WANDB_MODE", mode)
    assert main(["doctor"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "9.9; runs are logged only" in printed
    assert (f"WANDB_MODE={mode}" in printed) == bool(mode)


def test_wandb_is_not_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "version", lambda _: "")
    assert main(["doctor"]) == 0
    assert "pip install 'metst[wandb]'" in capsys.readouterr().out
