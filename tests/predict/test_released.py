"""An authors' checkpoint in use: what it does not carry is assumed, and noted."""

import json
from pathlib import Path

import pytest
import torch

from metst.base.errors import ConfigError
from metst.cli import main
from metst.cli.main import FAILED, USAGE
from metst.predict import Assumptions, analyze, export_model, load_model
from metst.predict.files import write_analysis
from metst.systems.me_tst.network import METST
from metst.systems.me_tst_plus import SlowFast
from tests.support.released import in_published_format
from tests.support.successors import written


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = METST(width=8, depth=1, state=4, pathways="shared").eval()
    path = tmp_path / "subject_1.pkl"
    torch.save(in_published_format(network), path)
    return path


@pytest.mark.parametrize(
    ("assumptions", "expected", "name"),
    [
        (Assumptions(), (30.0, 50, 17), "CAS(ME)^3"),
        (Assumptions("casme3"), (30.0, 50, 17), "CAS(ME)^3"),
        (Assumptions("sammlv"), (200 / 7, 30, 5), "SAMM-LV"),
        (Assumptions("sammlv", k_p=6), (200 / 7, 30, 6), "SAMM-LV"),
        (Assumptions(k_p=15, fps=25.0), (25.0, 50, 15), "CAS(ME)^3"),
    ],
)
def test_facts_are_those_of_the_data_set_unless_given(
    checkpoint: Path, assumptions: Assumptions, expected: tuple[float, int, int], name: str
) -> None:
    about = load_model(checkpoint, assumptions=assumptions).about
    assert (about.fps, about.k, about.k_p) == expected
    assert name in about.assumed
    assert f"k_p {expected[2]}" in about.assumed
    assert about.floor is None


@pytest.mark.parametrize(
    ("pathways", "layout", "k_p", "rule"), [("separate", 2, 17, None), ("single", 3, 11, "raw")]
)
def test_successors_read_more_channels_and_have_their_own_intervals(
    pathways: str, layout: int, k_p: int, rule: str | None, tmp_path: Path
) -> None:
    network = SlowFast(width=8, stages=1, depth=1, state=4, pathways=pathways)
    torch.save(written(network, layout), tmp_path / "subject_1.pkl")
    model = load_model(tmp_path / "subject_1.pkl")
    assert (model.about.rois.channels, model.about.k_p, model.about.rule) == (36, k_p, rule)
    export_model(model, tmp_path / "1.safetensors", model.about.name)
    assert load_model(tmp_path / "1.safetensors").about == model.about


@pytest.mark.slow
def test_the_analysis_lists_what_was_assumed(
    checkpoint: Path, tiny_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    video = tiny_root / "data" / "spNO.1" / "a" / "color"
    found = analyze(video, checkpoint, assume="sammlv", k_p=4, fps=30, floor=0.2)
    assert (found.about.k_p, found.about.floor) == (4, 0.2)
    write_analysis(found, tmp_path / "out")
    written = json.loads((tmp_path / "out" / "analysis.json").read_text())
    assert written["model"]["assumed"].startswith("trained on SAMM-LV at 28.57 frames/s")
    assert any("k_p 4" in note for note in written["notes"])

    words = [f"--checkpoint={checkpoint}", "--k-p=3", f"--out={tmp_path / 'p'}"]
    assert main(["predict", str(video), *words]) == 0
    printed = capsys.readouterr().out
    assert "note: assumed: trained on CAS(ME)^3" in printed
    assert "k_p 3" in printed
    assert "no floor is known" in printed


def test_an_export_keeps_what_was_assumed(checkpoint: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.safetensors"
    words = ["--assume=sammlv", "--model-fps=25", "--floor=0.1", f"--out={file}"]
    assert main(["export", str(checkpoint), *words]) == 0
    about = load_model(file).about
    assert (about.fps, about.k, about.k_p, about.floor) == (25.0, 30, 5, 0.1)
    assert "SAMM-LV at 25 frames/s" in about.assumed
    assert main(["predict", "any.mp4", f"--checkpoint={file}", "--k-p=5"]) == USAGE


@pytest.mark.parametrize("option", ["--assume=casme3", "--k-p=6", "--model-fps=30"])
@pytest.mark.parametrize("place", ["demo", "demo/folds/spNO.1/last.ckpt", None])
def test_assumptions_about_what_is_known_are_refused(
    tiny_runs: Path, place: str | None, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    where = [] if place is None else [f"--checkpoint={tiny_runs / place}"]
    for verb in ("predict", "stream"):
        assert main([verb, "any.mp4", *where, option]) == USAGE
        (line,) = capsys.readouterr().err.splitlines()
        assert "carries these facts itself" in line


@pytest.mark.parametrize(
    "option",
    [
        *("--assume=casme2", "--k-p=0", "--k-p=-3", "--k-p=26", "--k-p=1000000000", "--k-p=x"),
        *("--model-fps=0", "--model-fps=nan", "--model-fps=inf", "--model-fps=1e9"),
        *("--floor=-0.1", "--floor=1.1", "--floor=nan", "--floor=x"),
    ],
)
def test_numbers_that_cannot_be_are_refused(
    checkpoint: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", "any.mp4", f"--checkpoint={checkpoint}", option]) == USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert option.split("=")[0].strip("-").replace("-", "") in line.replace("-", "").replace(
        "_", ""
    )


def test_an_unknown_data_set_is_refused_by_the_api(checkpoint: Path) -> None:
    with pytest.raises(ConfigError, match="casme3, sammlv, got 'x'"):
        analyze("any.mp4", checkpoint, assume="x")


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        ({"module.spot_pathway.block.0.w": torch.zeros(1)}, "found module.spot_pathway.block.0.w"),
        ({"epoch": 3, "state_dict": {}}, "found 'epoch' in it"),
        ({1: torch.zeros(1)}, "found 1 in it"),
        ([torch.zeros(1)], "found list"),
        (torch.zeros(1), "found Tensor"),
        ({}, "found nothing, 0 names"),
    ],
)
def test_other_contents_are_named(
    stored: object, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.pkl"
    torch.save(stored, path)
    assert main(["predict", "any.mp4", f"--checkpoint={path}"]) == FAILED
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line


def test_nan_is_no_weight(checkpoint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored = torch.load(checkpoint, weights_only=True)
    stored["module.fc_spot.0.bias"][:] = torch.nan
    torch.save(stored, checkpoint)
    assert main(["predict", "any.mp4", f"--checkpoint={checkpoint}"]) == FAILED
    assert "module.fc_spot.0.bias are NaN" in capsys.readouterr().err
