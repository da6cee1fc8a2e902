"""Systems that live in a folder and a YAML of their own go the whole way, from runner to report."""

import json
from pathlib import Path
from typing import Any

import pytest

from metst.base.errors import ConfigError
from metst.datasets.casme3 import CASME3
from metst.features.roi_flow import Method
from metst.predict import analyze_with, load_model
from metst.predict.exported import export_model
from metst.predict.streaming import Totals, Update, stream
from metst.report import write_report
from metst.results.ledger import RunFolder
from metst.results.run import open_run
from metst.results.tables import read_predictions
from metst.runner.rescore import rescore
from tests.support.runs import run
from tests.support.videos import images, write_video

pytestmark = pytest.mark.slow


def results_of(tiny: list[str], system: str, *more: str, name: str = "small") -> dict[str, Any]:
    """Results of a system laid over the tiny demo, with its report written."""
    yaml = f"tests/support/systems/{system}/system.yaml"
    finished = run(tiny, "--config", yaml, f"--name={name}", *more)
    assert not finished.failed
    return finished.results


def test_a_spotter_without_training(tiny: list[str], tmp_path: Path) -> None:
    results = results_of(tiny, "flow_energy")
    folder = RunFolder(tmp_path / "small")
    assert not folder.fold("spNO.1").checkpoint.exists()
    strict = results["protocols"]["strict"]
    assert strict["spotting"]["tp"] + strict["spotting"]["fp"] > 0
    assert strict["strs"] is None
    assert (results["strategy"], results["emotions"]) == ("none", [])
    predictions, again = rescore(folder.path)
    assert predictions.equals(read_predictions(folder.predictions))
    assert again == json.loads(folder.results.read_text())
    page = write_report([folder.path]).read_text()
    assert "spNO.1" in page


def test_a_recognizer_on_annotated_intervals(tiny: list[str], tmp_path: Path) -> None:
    results = results_of(tiny, "clip_recognizer")
    assert (tmp_path / "small/folds/spNO.1/last.ckpt").exists()
    for protocol in ("authors", "strict"):
        spotting = results["protocols"][protocol]["spotting"]
        assert (spotting["fp"], spotting["fn"]) == (0, 0)
    strict = results["protocols"]["strict"]
    assert strict["strs"] == strict["recognition"]["f1"]  # F1 of spotting is 1
    alone = results["annotated"]["strict"]
    assert {name: alone[name] for name in strict["recognition"]} == strict["recognition"]
    assert set(strict["synergy"]) == {"spotting_first"}  # no neutral class, so nothing is withdrawn
    assert write_report([tmp_path / "small"]).is_file()


def test_a_recognizer_behind_a_spotter_and_behind_its_finished_run(
    tiny: list[str], tmp_path: Path
) -> None:
    spotter = "tests.support.systems.flow_energy.FlowEnergy"
    spotted = results_of(tiny, "flow_energy", name="spotted")
    paired = results_of(tiny, "clip_recognizer", f"--model.spotter={spotter}", name="paired")
    behind = ["--model.spotter=metst.results.spotter.FinishedRun"]
    behind.append(f"--model.spotter.run={tmp_path / 'spotted'}")
    after = results_of(tiny, "clip_recognizer", *behind, name="after")
    for protocol in ("authors", "strict"):
        counts = [r["protocols"][protocol]["spotting"] for r in (spotted, paired, after)]
        assert counts[0] == counts[1] == counts[2]
    assert paired["protocols"] == after["protocols"]
    assert paired["protocols"]["strict"]["strs"] is not None
    assert results_of(tiny, "clip_recognizer", *behind, name="after") == after
    found = tmp_path / "spotted" / "predictions.csv"
    found.write_text("".join(found.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(ConfigError, match="other data; changed: predictions of spotted"):
        results_of(tiny, "clip_recognizer", *behind, name="after")


def test_other_channels_and_classes_through_everything(
    tiny: list[str], tiny_root: Path, tmp_path: Path
) -> None:
    results = results_of(tiny, "wide")
    assert results["emotions"] == list(CASME3.seven)
    folder = tmp_path / "small"
    assert open_run(folder).fold("spNO.1").emotions == CASME3.seven
    assert write_report([folder]).is_file()
    model = load_model(folder, "spNO.1", floor=0.0)
    assert (model.about.rois.channels, model.about.emotions) == (14, CASME3.seven)
    frames = images(tiny_root / "data" / "spNO.1" / "a" / "color")
    clip = write_video(tmp_path / "clip.mp4", frames[:90])
    analysis = analyze_with(model, clip)
    assert {x.emotion for x in analysis.intervals} <= set(CASME3.seven)
    assert f"p_{CASME3.seven[0]}" in analysis.to_dataframe()
    export_model(model, tmp_path / "wide.safetensors", "wide")
    again = load_model(tmp_path / "wide.safetensors", floor=0.0)
    assert again.about.method == Method("dis", "subpixel")
    assert analyze_with(again, clip).intervals == analysis.intervals
    moments = [x.moment for x in stream(again, clip, Totals()) if isinstance(x, Update)]
    assert len(moments) > 60
    assert all(len(moment.logits) == 8 for moment in moments)
