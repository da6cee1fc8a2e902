"""Whole runs of LSSNet-flow and LGSNet-flow, and decoding where a video is short."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from metst.datasets.labels import Recording
from metst.datasets.labels.records import Expression, Timebase
from metst.report import write_report
from metst.results.ledger import RunFolder
from metst.results.tables import read_predictions
from metst.runner.rescore import rescore
from metst.runner.selection import Selection
from metst.systems.detector import Quirks, Reduction
from metst.systems.detector.decoder import DetectionDecoder
from metst.systems.lgsnet import LGSNetFlow
from tests.support.runs import run

FOUND = torch.tensor([[[10.7, 25.2, 0.9876, 2.0], [12, 26, 0.5, 2], [40, 90, 0.7, 1]]])


def decoder(**quirks: bool) -> DetectionDecoder:
    rules = Quirks(**(vars(Quirks.none()) | quirks))
    return DetectionDecoder("strict", rules, Reduction(0.01, 30), 14, 128, 3)


def recording(frames: int) -> Recording:
    spans = [(11, 26, "micro"), (60, 80, "macro")]
    rows = [Expression("s", "a", on, None, off, kind, "positive") for on, off, kind in spans]  # type: ignore[arg-type]
    return Recording("s", "a", frames, Timebase(30), tuple(rows))


def test_detections_become_intervals_of_both_kinds() -> None:
    rules, video = decoder(), [recording(300)]
    found = rules.detections(FOUND, [[0]], video)
    micro, macro = (rules.propose(found, video, kind, 0.6) for kind in ("micro", "macro"))
    rows = [(p.onset.tolist(), p.offset.tolist(), p.apex.tolist()) for p in (micro, macro)]
    assert rows == [([10], [25], [17]), ([40], [90], [65])]
    assert micro.facts == {"threshold": 0.6}
    assert macro.facts == {"macro_threshold": 0.6}
    assert micro.curves is not None
    assert micro.curves.score[0, [9, 10, 25, 26]].tolist() == pytest.approx([0, 0.9876, 0.9876, 0])
    assert len(rules.propose(found, video, "micro", 0.987).onset) == 0  # cut off after 3 decimals


def test_thresholds_are_the_best_for_each_kind() -> None:
    video = [recording(300)]
    missed = torch.tensor([[[10.0, 25, 0.5, 2], [40, 45, 0.6, 2], [200, 290, 0.7, 1]]])
    rules = decoder()
    fit = rules.fit(rules.detections(missed, [[0]], video), video)
    assert fit["micro"] < 0.5
    assert rules.fit(rules.detections(missed + 0, [[100]], video), video)["micro"] == 0.485


def test_quirks() -> None:
    short = [recording(80)]
    assert len(decoder(short_skipped=True).detections(FOUND, [[0]], short).onset) == 0
    assert decoder().detections(FOUND, [[0]], short).offset.tolist() == [25, 79]
    assert decoder(unclipped=True).detections(FOUND, [[0]], short).offset.tolist() == [25, 90]
    swapped = FOUND * torch.tensor([1, 1, 1, 0])
    assert decoder(by_duration=True).detections(swapped, [[0]], short).label.tolist() == [2, 1]


def test_intervals_that_are_one_in_whole_frames() -> None:
    points = torch.tensor([[[10.1, 10.2, 0.9, 2], [10.3, 10.4, 0.8, 2], [10.5, 10.6, 0.7, 1]]])
    found = decoder().detections(points, [[0]], [recording(300)])
    assert (found.score.tolist(), found.label.tolist()) == (pytest.approx([0.9, 0.7]), [2, 1])


@pytest.mark.slow
@pytest.mark.parametrize("system", ["lssnet_flow", "lgsnet_flow"])
def test_a_run(system: str, tiny: list[str], tmp_path: Path) -> None:
    yaml = ["--config", f"experiments/systems/{system}.yaml", "--name=small"]
    more = ["--trainer.max_epochs=2", "--model.lr=3e-3"]
    results = run(tiny, *yaml, *more, selection=Selection()).results
    folder = RunFolder(tmp_path / "small")
    assert (results["strategy"], results["emotions"]) == ("none", [])
    assert not results["annotated"]
    table = read_predictions(folder.predictions)
    assert set(table["variant"]) <= {"authors/none", "strict/none"}
    assert set(table["kind"]) <= {"micro", "macro"}
    predictions, again = rescore(folder.path)
    assert predictions.equals(table)
    assert again == json.loads(folder.results.read_text())
    noted = json.loads((folder.fold("spNO.1").path / "metrics.json").read_text())
    assert noted["authors"]["threshold"] == 0.485
    assert "spNO.1" in write_report([folder.path]).read_text()


@pytest.mark.slow
def test_a_stopped_run_ends_with_the_same_bytes(
    tiny: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    yaml = ["--config", "experiments/systems/lgsnet_flow.yaml", "--trainer.max_epochs=4"]
    first, step = Selection(("spNO.1",)), LGSNetFlow.training_step
    run(tiny, *yaml, "--name=whole", selection=first)

    def stop(self: LGSNetFlow, batch: Any, batch_idx: int) -> torch.Tensor:  # noqa: ANN401
        if self.current_epoch == 2:
            raise KeyboardInterrupt
        return step(self, batch, batch_idx)

    monkeypatch.setattr(LGSNetFlow, "training_step", stop)
    with pytest.raises(KeyboardInterrupt):
        run(tiny, *yaml, "--name=broken", selection=first)
    monkeypatch.undo()
    run(tiny, *yaml, "--name=broken", selection=first)
    for name in ("predictions.csv", "folds/spNO.1/outputs.safetensors"):
        assert (tmp_path / "broken" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
