"""Errors in the labels of a data set of one's own are found by `check` and logged by `loso`."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import yaml
from jsonargparse import Namespace

from metst.base.errors import LabelError
from metst.cli import main
from metst.features.roi_flow import flow_entry
from metst.runner.labels import SHOWN, log_label_errors
from metst.samples.data import FoldData
from tests.support.drawn import EXPERIMENT, flow_windows
from tests.support.folders import JPEG
from tests.support.fourth import FourthDataModule

HEADER = "subject,video,onset,apex,offset,emotion"
GOOD = ["S2,x,20,26,36,joy", "S10,x,20,26,36,fear"]
BAD = {
    "S2,x,90,95,99,joy": "outside-video",  # of 80 own frames, numbered from 0
    "S2,x,40,45,50,hapy": "unmapped-emotion",
    "S10,x,60,60,50,joy": "onset-after-offset",
    "P9,x,20,26,36,joy": "no-folder",
}
FRAMES = 40
"""Sub-sampled frames of every clip."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two clips of 80 own frames, their flow and right labels."""
    for subject in ("S2", "S10"):
        folder = tmp_path / "clips" / f"{subject}-x"
        folder.mkdir(parents=True)
        for number in range(2 * FRAMES):
            (folder / f"{number:04d}.jpg").write_bytes(JPEG)
    write_labels(tmp_path, GOOD)
    return tmp_path


def write_labels(root: Path, rows: Sequence[str]) -> None:
    (root / "labels.csv").write_text("\n".join([HEADER, *rows]))


def module(root: Path, suppress: list[str] | None = None) -> FourthDataModule:
    """The data set with empty flow."""
    data = FourthDataModule(root, root / "cache", flow_windows(), suppress=suppress)
    starts = np.arange(0, FRAMES - 8, 4, dtype=np.int64)  # (W,)
    windows = np.zeros((len(starts), 10, 8), np.float32)
    entry = flow_entry(windows, starts, starts, np.zeros((len(starts), 4), np.int64), FRAMES)
    for subject, video in data.source.videos():
        data.source.store.write(data.source.spec, subject, video, entry)
    return data


def test_sound_labels_have_no_errors(root: Path) -> None:
    assert module(root).source.label_errors() == ()


@pytest.mark.parametrize(("row", "code"), BAD.items())
def test_each_error_is_found_with_its_row(root: Path, row: str, code: str) -> None:
    write_labels(root, [*GOOD, row])
    found = [(f.code, f.row) for f in module(root).source.label_errors()]
    assert (code, 4) in found
    accepted = module(root, suppress=[code for code, _ in found])
    assert accepted.source.label_errors() == ()


def test_rows_of_subjects_that_are_taken_for_absent_are_no_errors(root: Path) -> None:
    (root / "clips/S3-x").mkdir()
    data = FourthDataModule(root, root / "cache", flow_windows(), without=["S3"])
    module(root)
    write_labels(root, [*GOOD, "S3,x,20,26,36,joy"])
    assert data.source.label_errors() == ()


def test_a_few_errors_are_logged_and_where_all_are(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [f"P{i},x,20,26,36,joy" for i in range(SHOWN + 3)]
    write_labels(root, [*GOOD, *rows])
    data: FoldData = module(root)
    with caplog.at_level(logging.ERROR):
        log_label_errors(data, Namespace(config=["experiments/own.yaml"]))
    assert len(caplog.messages) == SHOWN + 1
    assert caplog.messages[0].startswith("labels: P0/x: no folder for this video")
    assert caplog.messages[0].endswith("(row 4)")
    assert caplog.messages[-1] == "labels: 3 more: metst check --config experiments/own.yaml"


def test_check_takes_any_experiment(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = root / "own.yaml"
    path.write_text(yaml.safe_dump(EXPERIMENT))
    places = [f"--data.root={root}", f"--data.cache={root / 'cache'}"]
    words = ["check", "-q", "--config", str(path), *places, "--json"]
    assert main(words) == 0
    sound = json.loads(capfd.readouterr().out)
    assert (sound["dataset"], sound["folder_videos"], sound["micro"]) == ("fourth", 2, 2)
    assert sound["findings"] == []
    assert sound["usable"]["strict"] == {"subjects": 2, "videos": 2, "samples": 2}
    write_labels(root, [*GOOD, *BAD])
    (root / "clips/S2-x/0004.jpg").write_bytes(JPEG[:30])
    (root / "clips/S2-x/0005.jpg").write_bytes(JPEG[:30])  # every second frame is kept
    assert main(words) == 2
    wrong = json.loads(capfd.readouterr().out)
    found = {(f["code"], f.get("row")) for f in wrong["findings"]}
    assert found >= {(code, row) for row, code in enumerate(BAD.values(), start=4)}
    bad = [Path(f["path"]).name for f in wrong["findings"] if f["code"] == "bad-image"]
    assert bad == ["0004.jpg"]


def test_another_root_may_be_given(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = root / "own.yaml"
    data = {**EXPERIMENT["data"], "init_args": {**EXPERIMENT["data"]["init_args"]}}  # type: ignore[dict-item]
    data["init_args"] |= {"root": "nowhere", "cache": str(root / "cache")}
    path.write_text(yaml.safe_dump({**EXPERIMENT, "data": data}))
    words = ["check", "-q", "--config", str(path)]
    assert main(words) == 1
    assert "fourth is expected here and is missing; Ask the Fourth" in capfd.readouterr().err
    assert main([*words, "--root", str(root)]) == 0
    assert main([*words, "--labels-only", str(root)]) == 0
    assert "nowhere" not in capfd.readouterr().out


@pytest.mark.parametrize("name", ["../../S2", "..", "S2\nx", ""])
def test_names_of_the_tables_never_lead_out_of_the_cache(root: Path, name: str) -> None:
    write_labels(root, [*GOOD, f'"{name}",x,20,26,36,joy'])
    with pytest.raises(LabelError, match=r"labels\.csv: row 4: "):
        module(root).source.import_release(root / "release")
