"""`metst extract`: why entries are missed, and the authors' features instead of videos."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from datamodules.casme3 import CASME3DataModule
from metst.cli import main
from metst.features.released import released_spec
from metst.features.store import FeatureStore
from tests.support.drawn import flow_windows, write_frames
from tests.support.label_tables import casme3_labels, casme3_me
from tests.support.xls import Value

CONFIG = ["--config", "experiments/casme3.yaml"]
K = 50
LENGTHS = {"spNO.1/a": 6, "spNO.1/b": 3, "spNO.2/a": 5, "spNO.10/a": 7, "spNO.10/c": 4}
"""Windows of the released videos, in the order of the release."""

ROWS: list[tuple[Value, ...]] = [
    ("spNO.10", "a", 20, 25, 34, "1+2", "II", "surprise"),
    ("spNO.10", "a", 100, 105, 114, "12", "VI", "happy"),
    ("spNO.10", "c", 60, 65, 74, "4", "IV", "others"),
    ("spNO.1", "b", 30, 35, 41, "4", "IV", "fear"),
    ("spNO.1", "a", 80, 85, 94, "12", "VI", "happy"),
    ("spNO.1", "a", 130, 135, 144, "1+2", "II", "surprise"),
    ("spNO.2", "z", 0, 5, 9, "4", "IV", "sad"),
    ("spNO.2", "a", 70, 75, 84, "4", "IV", "disgust"),
    ("spNO.2", "a", 110, 115, 124, "4", "IV", "others"),
]  # fmt: skip
"""Video spNO.2/z has no sample by the authors' rules (onset 0): the release lacks it."""


def write_release(folder: Path, k: int = K) -> list[np.ndarray]:
    """Features of all videos in three parts; returns them."""
    rng = np.random.default_rng(1)
    videos = [rng.normal(size=(count, 10, k)).astype(np.float32) for count in LENGTHS.values()]
    folder.mkdir()
    for part, some in {"p1": videos[:2], "p2": videos[2:3], "p10": videos[3:]}.items():
        nested = [list(windows) for windows in some]
        (folder / f"{part}.pkl").write_bytes(pickle.dumps(nested))
    return videos


def options(root: Path) -> list[str]:
    """The shipped experiment with its files in a folder and a network of a moment."""
    places = {"data.root": root, "data.cache": root / "cache", "loso.runs": root / "runs"}
    network = {f"model.network.{size}": 4 for size in ("width", "depth", "state")}
    return [*CONFIG, "-q", *(f"--{key}={value}" for key, value in (places | network).items())]


@pytest.mark.slow
def test_released_features_stand_in_for_the_videos(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    casme3_labels(tmp_path, ROWS)
    videos = write_release(tmp_path / "release")
    words = ["--from-release", str(tmp_path / "release")]
    assert main(["extract", *options(tmp_path), *words]) == 0
    assert "imported the features of 5 videos" in capfd.readouterr().out
    store = FeatureStore(tmp_path / "cache" / "casme3")
    for name, windows in zip(LENGTHS, videos, strict=True):
        entry = store.read(released_spec(K), *name.split("/"))
        np.testing.assert_array_equal(entry.arrays["windows"], windows)

    assert main(["extract", *options(tmp_path), "--explain"]) == 0
    assert "all 5 videos are in the feature store" in capfd.readouterr().out
    run = ["--trainer.max_epochs=1", "--trainer.accelerator=cpu", "--executor.workers=1"]
    assert main(["loso", *options(tmp_path), *run]) == 0
    results = json.loads((tmp_path / "runs" / "casme3" / "results.json").read_text())
    assert results["complete"] is True
    assert list(results["folds"]) == ["spNO.1", "spNO.2", "spNO.10"]
    data = CASME3DataModule(tmp_path, tmp_path / "cache", flow_windows(K))
    frames = {f"{r.subject}/{r.video}": r.frames for r in data.source.recordings()}
    assert frames == {name: (count + 1) * K // 2 for name, count in LENGTHS.items()}


def test_what_does_not_fit_is_told_and_nothing_is_written(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    twins = [*ROWS, ("spNO.1", "B", 30, 35, 41, "4", "IV", "fear")]
    casme3_labels(tmp_path, twins)
    write_release(tmp_path / "release")
    words = ["--from-release", str(tmp_path / "release")]
    assert main(["extract", *options(tmp_path), *words]) == 1
    error = capfd.readouterr().err
    assert "of 6 videos" in error
    assert "spNO.1/b differ only in case" in error
    assert main(["extract", *options(tmp_path), *words, "--data.samples.k=30"]) == 1
    assert "expected windows of shape (10, 30), found (10, 50)" in capfd.readouterr().err
    assert main(["extract", *options(tmp_path), *words, "--without", "spNO.1/q"]) == 2
    assert "got 'spNO.1/q'" in capfd.readouterr().err
    assert not (tmp_path / "cache").exists()


def test_another_import_replaces_the_first(tmp_path: Path) -> None:
    casme3_labels(tmp_path, [*ROWS, ("spNO.1", "B", 30, 35, 41, "4", "IV", "fear")])
    write_release(tmp_path / "release")
    words = ["extract", *options(tmp_path), "--from-release", str(tmp_path / "release")]
    data = CASME3DataModule(tmp_path, tmp_path / "cache", flow_windows(K))
    for left_out, kept in (("b", "B"), ("B", "b")):
        assert main([*words, "--without", f"spNO.1/{left_out}"]) == 0
        names = {file.stem for file in data.source.store.folder.glob("*/spNO.1/*")}
        assert names == {"a", kept}


def test_folders_decide_between_names_and_released_features_can_be_asked_for(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    casme3_labels(tmp_path, [*ROWS, ("spNO.1", "B", 30, 35, 41, "4", "IV", "fear")])
    for name in (*LENGTHS, "spNO.2/z", "spNO.4/a"):
        (tmp_path / "data" / name / "color").mkdir(parents=True)
    write_release(tmp_path / "release")
    words = ["--from-release", str(tmp_path / "release")]
    assert main(["extract", *options(tmp_path), *words]) == 0
    assert "imported the features of 5 videos" in capfd.readouterr().out
    assert main(["extract", *options(tmp_path), "--explain", "--data.features=released"]) == 0
    assert "all 5 videos are in the feature store" in capfd.readouterr().out
    assert main(["extract", *options(tmp_path)]) == 1  # the videos are asked for: there is no image
    assert "videos could be measured" in capfd.readouterr().err


def test_released_features_that_were_never_imported_are_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["extract", *options(tmp_path), "--data.features=released"]) == 1
    error = capfd.readouterr().err
    assert "import them: metst extract --config experiments/casme3.yaml --from-release" in error


@pytest.mark.slow
def test_explain_tells_why_and_extracts_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    casme3_me(tmp_path / "labels.xlsx", ROWS)
    for seed, video in enumerate("abc"):
        folder = tmp_path / "data" / "spNO.1" / video / "color"
        write_frames(folder, (f"{n}.jpg" for n in range(1, 9)), seed)
    detector = "--data.samples.detector=tests.support.faces.FakeDetector"
    words = ["extract", *options(tmp_path), detector, "--data.samples.k=4"]

    def explained() -> list[str]:
        capfd.readouterr()
        assert main([*words, "--explain"]) == 0
        return capfd.readouterr().out.splitlines()

    assert explained()[-1] == "3 of 3 videos would be extracted"
    assert not (tmp_path / "cache").exists()
    assert main(words) == 0
    before = {p: p.read_bytes() for p in (tmp_path / "cache").rglob("*.safetensors")}
    assert explained() == ["all 3 videos are in the feature store"]

    (tmp_path / "data" / "spNO.1" / "b" / "color" / "3.jpg").unlink()
    damaged = next(path for path in before if path.stem == "c")
    damaged.write_bytes(b"x" + damaged.read_bytes()[1:])
    changed, broken, last = explained()
    assert changed.startswith("spNO.1/b: ")
    assert "frames have changed" in changed
    assert broken.startswith("spNO.1/c: ")
    assert "damaged" in broken
    assert last == "2 of 3 videos would be extracted"

    words[-1] = "--data.samples.k=6"
    first, *_, last = explained()
    assert "differs in parameters.k (4 there, 6 wanted)" in first
    assert last == "3 of 3 videos would be extracted"
    assert {p.name for p in (tmp_path / "cache" / "casme3").iterdir()} == {
        path.parent.parent.name for path in before
    }
