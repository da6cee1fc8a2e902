"""The contrast system goes the whole way: trained, judged again, shown, used on a new video."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from metst.cli import main
from metst.predict import analyze_with, export_model, load_model
from metst.report import write_report
from metst.results.ledger import RunFolder
from metst.results.tables import read_predictions
from metst.runner.rescore import rescore
from tests.support.runs import run

MEASURED = [f"--data.samples.{x}" for x in ("flow=farneback", "alignment=pixel", "smooth=0")]
"""Features that other tests have measured already."""


@pytest.mark.slow
def test_a_run(
    tiny: list[str], tiny_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(
        ["--config", "experiments/systems/contrast.yaml", "--name=small"],
        *tiny,
        "--model.least=0.01",
    )
    folder = RunFolder(tmp_path / "small")
    predictions, again = rescore(folder.path)
    assert predictions.equals(read_predictions(folder.predictions))
    assert again == json.loads(folder.results.read_text())
    assert "spNO.1" in write_report([folder.path]).read_text()
    model = load_model(folder.path, "spNO.1", floor=0.0)
    clip = tiny_root / "data" / "spNO.1" / "a" / "color"
    analysis = analyze_with(model, clip)
    table = pd.read_csv(folder.fold("spNO.1").predictions)
    own = table[(table.variant == "strict/spotting_first") & (table.video == "a")]
    ends = [[x.onset, x.apex, x.offset] for x in analysis.intervals]
    assert ends == own[["onset", "apex", "offset"]].to_numpy().tolist()
    export_model(model, tmp_path / "one.safetensors", "one")
    exported = load_model(tmp_path / "one.safetensors", floor=0.0)
    assert exported.about == replace(model.about, name="one")
    assert main(["stream", str(clip), "--checkpoint", str(tmp_path / "one.safetensors")]) == 2
    assert "compared with what comes after them" in capsys.readouterr().err
