"""`metst check`: what is printed, from where, and with which exit code."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from metst.cli import main
from metst.cli._data import data_settings, sort_words
from metst.features.roi_flow import RoiFlow, flow_entry
from metst.features.store import FeatureStore
from tests.support.folders import JPEG, casme3_video
from tests.support.label_tables import casme3_labels, casme3_me, samm_labels

KEYS = {"rows", "subjects", "videos", "emotions", "macro", "micro", "blinks", "findings"}
SEEN = "no-annotation@spNO.1/b"
SOUND = [("spNO.1", "a", 11, 15, 20, "4", "IV", "disgust")]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder whose experiment names a data set and cache in it."""
    monkeypatch.chdir(tmp_path)
    Path("experiments").mkdir()
    samples = "{class_path: metst.samples.FlowWindows, init_args: {k: 10}}"
    settings = f"{{root: data, cache: cache, samples: {samples}, suppress: [{SEEN}]}}"
    Path("experiments/demo.yaml").write_text(f"data:\n  init_args: {settings}\n")
    return tmp_path


def test_labels_alone_are_json_and_nothing_else(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    casme3_labels(tmp_path)
    assert main(["check", "casme3", "--labels-only", str(tmp_path), "--json"]) == 1
    reported = json.loads(capfd.readouterr().out)
    assert reported.keys() >= KEYS
    counts = {"rows": 8, "subjects": 3, "videos": 6, "macro": 2, "micro": 8, "blinks": 2}
    assert {name: reported[name] for name in counts} == counts
    assert reported["emotions"]["others"] == 2
    assert {"zero-frame", "name-case", "very-long-me"} <= {f["code"] for f in reported["findings"]}


def test_the_experiment_names_root_and_suppressions(
    elsewhere: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    casme3_me(_made(elsewhere / "data") / "labels.xlsx", SOUND)
    for video in "abc":
        casme3_video(elsewhere / "data", "spNO.1", video, range(1, 31))
    assert main(["check", "demo", "-q"]) == 0
    text = capfd.readouterr().out
    assert "no-annotation: a video folder has no annotation (1)" in text
    assert "and 1 suppressed" in text
    assert "1 video: no micro-expression is annotated" not in text  # two of them: b and c
    assert "spNO.1/b, spNO.1/c" in text
    assert main(["check", "demo", "-q", "--suppress", "no-annotation", "long-me"]) == 0
    assert "no-annotation" not in capfd.readouterr().out


def test_the_exit_code_tells_severity_and_depth_finds_more(
    elsewhere: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    casme3_me(_made(elsewhere / "data") / "labels.xlsx", SOUND)
    images = casme3_video(elsewhere / "data", "spNO.1", "a", range(1, 31))
    (images / "9.jpg").write_bytes(JPEG[:30])
    scan = JPEG.index(b"\xff\xda")
    (images / "12.jpg").write_bytes(JPEG[:2] + JPEG[scan:])  # whole at its ends only
    expected = {"names": (0, []), "ends": (2, ["9.jpg"]), "decode": (2, ["9.jpg", "12.jpg"])}
    for depth, (code, broken) in expected.items():
        assert main(["check", "demo", "-q", "--json", "--images", depth]) == code
        reported = json.loads(capfd.readouterr().out)
        bad = [f for f in reported["findings"] if f["code"] == "bad-image"]
        assert [Path(f["path"]).name for f in bad] == broken


def test_frames_without_a_face_are_told_once_there_is_a_cache(
    elsewhere: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    casme3_me(_made(elsewhere / "data") / "labels.xlsx", SOUND)
    casme3_video(elsewhere / "data", "spNO.1", "a", range(1, 31))
    starts = np.arange(0, 25, 5, dtype=np.int64)  # (W,)
    references = starts.copy()
    references[2] = -1
    windows, boxes = np.zeros((5, 10, 10), np.float32), np.zeros((5, 4), np.int64)
    store = FeatureStore(elsewhere / "cache" / "demo")
    entry = flow_entry(windows, starts, references, boxes, 30)
    store.write(RoiFlow(10).spec, "spNO.1", "a", entry)
    assert main(["check", "demo", "-q", "--json"]) == 1
    reported = json.loads(capfd.readouterr().out)
    (found,) = (f for f in reported["findings"] if f["code"] == "no-face")
    assert "1 of 5 windows: 11" in found["message"]
    shutil.rmtree(store.folder)
    assert main(["check", "demo", "-q"]) == 0


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (["nothing"], "known are casme3, sammlv, casme2, demo"),
        ([], "known are casme3, sammlv, casme2, demo"),
        (["demo", "--suppress", "no-anotation"], "did you mean no-annotation?"),
        (["demo", "--suppres", "x"], "did you mean suppress?"),
        (["casme3"], "give --root DIR"),
    ],
)
def test_mistakes_are_told(
    elsewhere: Path, capfd: pytest.CaptureFixture[str], words: list[str], reported: str
) -> None:
    (elsewhere / "data").mkdir()
    assert main(["check", *words]) == 2
    assert reported in capfd.readouterr().err


def test_missing_data_name_the_folder_and_the_demo(
    elsewhere: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "casme3", "--root", str(elsewhere / "absent")]) == 1
    error = capfd.readouterr().err
    assert str(elsewhere / "absent") in error
    assert "how to request" in error
    assert "metst demo" in error


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_later_files_and_overrides_come_last(tmp_path: Path) -> None:
    system = tmp_path / "system.yaml"
    system.write_text("data: {init_args: {samples: {class_path: own.Samples, init_args: {n: 3}}}}")
    files = ["--config", "experiments/demo.yaml", f"--config={system}"]
    words = sort_words([*files, "--json", "--data.samples.n", "5", "--data.init_args.root=x"])
    assert words.others == ["--json"]
    arguments = data_settings(words)["init_args"]
    assert arguments["samples"] == {"class_path": "own.Samples", "init_args": {"n": 5}}
    assert (arguments["root"], arguments["cache"]) == ("x", "data/cache")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("--data.batch_size=3", "unknown key 'data.batch_size'; a check reads data.root"),
        ("--data.root.k=3", "expected a value of data settings, got one for k inside 'data/demo'"),
        ("--data.root=[", "data.root: expected a value as in YAML"),
        ("--config=experiments/absent.yaml", "experiments/absent.yaml"),
    ],
)
def test_wrong_words_about_an_experiment_are_one_line(
    capfd: pytest.CaptureFixture[str], word: str, expected: str
) -> None:
    assert main(["check", "--config", "experiments/demo.yaml", word]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert expected in line


@pytest.mark.parametrize("name", ["demo", "casme3", "sammlv"])
def test_the_experiment_of_a_known_data_set_has_its_facts(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    """By its file and by its name the same is found."""
    tables = {"sammlv": samm_labels}.get(name, casme3_labels)
    tables(tmp_path)
    ends = ["--labels-only", str(tmp_path), "--json"]
    codes = [main(["check", "--config", f"experiments/{name}.yaml", *ends])]
    by_file = json.loads(capfd.readouterr().out)
    codes += [main(["check", name, *ends])]
    assert by_file == json.loads(capfd.readouterr().out)
    assert codes[0] == codes[1] > 0
    assert by_file["dataset"] == name
