"""The contrast system goes the whole way: trained, judged again, shown, used on a new video."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from metst.features.followed_face import FollowedFace
from metst.intervals.contrast import half_lengths
from metst.predict import analyze_with, export_model, load_model
from metst.predict.events import spotter
from metst.predict.live import Live
from metst.report import write_report
from metst.results.ledger import RunFolder
from metst.results.tables import read_predictions
from metst.runner.rescore import rescore
from metst.video import read_grey
from tests.support.runs import run


@pytest.mark.slow
def test_a_run(tiny: list[str], tiny_root: Path, tmp_path: Path) -> None:
    run(
        ["--config", "experiments/systems/contrast.yaml", "--name=small"],
        *tiny,
        "--model.least=0.001",
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
    live, spots = Live(exported, FollowedFace()), spotter(exported.about)
    files = sorted(clip.glob("*.jpg"), key=lambda file: int(file.stem))
    events = [e for file in files for m in live.push(read_grey(file)) for e in spots.push(m)]
    # The last window of the video, which a stream has not, sees the last frames, too.
    late = len(files) - exported.about.k // 2 - 2 * max(half_lengths(exported.about.k_p))
    sure = [(1 + e.onset, 1 + e.offset, e.emotion) for e in events if e.offset < late]
    whole = [(x.onset, x.offset, x.emotion) for x in analysis.intervals if x.offset <= late]
    assert sure == whole
    assert whole
