"""ME-TST+ and BoostingVRME go the whole way, with what they fit to the training subjects."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import torch

from metst.features.followed_face import FollowedFace
from metst.predict import Model, analyze_with, export_model, load_model
from metst.predict.live import Live
from metst.report import write_report
from metst.results.ledger import RunFolder
from metst.results.run import open_run
from metst.results.tables import read_predictions
from metst.runner.rescore import rescore
from metst.systems.boosting_vrme import BoostingVRME
from metst.systems.me_tst_plus import METSTPlus, SlowFast
from metst.video import read_grey
from tests.support.runs import run


@pytest.mark.slow
@pytest.mark.parametrize("system", ["me_tst_plus", "boosting_vrme"])
def test_a_run(system: str, tiny: list[str], tiny_root: Path, tmp_path: Path) -> None:
    yaml = f"experiments/systems/{system}.yaml"
    results = run(["--config", yaml, "--name=small", "--model.network.stages=2"], *tiny).results
    folder = RunFolder(tmp_path / "small")
    first = "recognition_first" if system == "boosting_vrme" else "spotting_first"
    assert results["strategy"] == first
    outputs = open_run(folder.path).folds[0].outputs
    assert 0 < float(outputs["peak"]) < 1
    metrics = json.loads(folder.fold("spNO.1").metrics.read_text())
    assert metrics["strict"]["peak"] == float(outputs["peak"])
    assert metrics["authors"]["peak"] == 0.55
    predictions, again = rescore(folder.path)
    assert predictions.equals(read_predictions(folder.predictions))
    assert again == json.loads(folder.results.read_text())
    assert "spNO.1" in write_report([folder.path]).read_text()
    if system == "boosting_vrme":
        new_video(load_model(folder.path, "spNO.1", floor=0.0), tiny_root, tmp_path)


def new_video(model: Model, root: Path, folder: Path) -> None:
    """One fold analyzes a video as it did in its test, is exported, and follows it live."""
    clip = root / "data" / "spNO.1" / "a" / "color"
    analysis = analyze_with(model, clip)
    table = pd.read_csv(folder / "small/folds/spNO.1/predictions.csv")
    own = table[(table.variant == "strict/recognition_first") & (table.video == "a")]
    own = own[own.emotion != "neutral"]
    ends = [[x.onset, x.apex, x.offset] for x in analysis.intervals]
    assert ends == own[["onset", "apex", "offset"]].to_numpy().tolist()
    export_model(model, folder / "one.safetensors", "one")
    again = load_model(folder / "one.safetensors", floor=0.0)
    assert (again.about, type(again.networks[0])) == (replace(model.about, name="one"), SlowFast)
    assert analyze_with(again, clip).intervals == analysis.intervals
    live = Live(again, FollowedFace())
    files = sorted(clip.glob("*.jpg"), key=lambda file: int(file.stem))[:80]
    moments = [m for file in files for m in live.push(read_grey(file))]
    assert [m.frame for m in moments] == list(range(77))
    for moment in moments[:50]:  # the last window of the video sees the others later
        assert moment.score == pytest.approx(analysis.score[moment.frame], abs=1e-5)


@pytest.mark.parametrize("kind", [METSTPlus, BoostingVRME])
def test_the_settings_as_published(kind: type[METSTPlus]) -> None:
    system = kind(SlowFast(width=16, stages=1, depth=1, state=2))
    assert (system.lr, system.spot_weight, system.neutral_factor) == (3e-4, 0.9, 6.0)
    score, logits = system.eval()(torch.zeros(1, 36, 5))
    assert (score.shape, logits.shape) == ((1, 5), (1, 5, 5))
