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


@pytest.mark.parametrize(
    ("system", "parameters", "macs"),
    [
        ("contrast", "52,146", "58,320"),
        ("me_tst_plus", "16,653,318", "12,844,800"),
        ("boosting_vrme", "8,359,686", "6,455,040"),
    ],
)
def test_the_size_of_other_networks(
    system: str, parameters: str, macs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--config", f"experiments/systems/{system}.yaml"]) == 0
    printed = capsys.readouterr().out
    assert parameters in printed
    assert macs in printed


METST = "metst.systems.me_tst.network.METST"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data: {}", "expected the class of a network over flow, got no network"),
        ("model: {init_args: {network: {init_args: {width: 8}}}}", "got no network"),
        ("model: {init_args: {network: {class_path: mynet.Small}}}", "got mynet.Small"),
        ("model: {init_args: {network: mynet.Small}}", "got mynet.Small"),
        ("model: {init_args: {network: pathlib.Path}}", "expected a torch.nn.Module"),
        ("model: {init_args: {network: torch.nn.Linear}}", "expected the arguments of torch.nn"),
        (
            "model: {init_args: {network: {class_path: torch.nn.Linear,"
            " init_args: {in_features: 3, out_features: 2}}}}",
            "expected a network that reads flow (1, 10, 50)",
        ),
        (
            f"model: {{init_args: {{network: {{class_path: {METST}, init_args: {{wide: 8}}}}}}}}",
            f"expected the arguments of {METST}, got others",
        ),
        ("model: [", "expected YAML"),
    ],
)
def test_what_cannot_be_counted(
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
