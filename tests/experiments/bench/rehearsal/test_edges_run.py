"""Subjects that have next to nothing: short videos alone, one ME, no ME."""

import json
import warnings
from pathlib import Path

import pytest

from experiments.bench.rehearsal import TINY, store
from metst.cli import main
from metst.cli.main import FAILED
from metst.datasets.labels import Expression, Recording
from metst.results.tables import read_predictions
from metst.runner.rescore import rescore
from tests.support.rehearsed import JUDGE_ALONE, loso, options, results

pytestmark = pytest.mark.slow

K, TIMEBASE = TINY["casme3"].k, TINY["casme3"].timebase
TIMELINES = "--callbacks=" + json.dumps(
    [
        {"class_path": "callbacks.spot_then_recognize.SpotThenRecognize"},
        {
            "class_path": "callbacks.timelines.Timelines",
            "init_args": {"decoder": "authors"},
        },
    ]
)


def video(subject: str, name: str, frames: int, *onsets: int, label: str = "disgust") -> Recording:
    emotion = {"disgust": "negative", "surprise": "surprise"}[label]
    micro = tuple(
        Expression(subject, name, on, on + 4, on + 14, emotion=emotion, label=label)
        for on in onsets
    )
    return Recording(subject, name, frames, TIMEBASE, micro)


RECORDINGS = (
    video("spNO.1", "a", K - 1, 10),  # shorter than a window, and all that there is of the subject
    video("spNO.1", "b", 20),
    video("spNO.2", "a", 300, 40, label="surprise"),
    *(video("spNO.2", name, 120) for name in "bcd"),
    video("spNO.3", "a", 200),  # no ME at all
)
"""Left out, subject 2 leaves nothing to train on."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    more = (video("spNO.4", "a", 220, 60, 150), *(video("spNO.4", name, 90) for name in "bcde"))
    store(tmp_path / "root", tmp_path / "cache", "casme3", K, (*RECORDINGS, *more))
    return tmp_path


@pytest.mark.parametrize("whole", ["false", "true"])
def test_each_of_them_is_a_fold(place: Path, whole: str, capfd: pytest.CaptureFixture) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("error", module="pandas|metst|callbacks|datamodules")
        run = loso(
            place, "casme3", place / "runs", TIMELINES, "--loso.threads=1",
            f"--data.samples.whole_videos={whole}",
        )  # fmt: skip
    read = results(run)
    assert read["complete"] is True
    strict = {s: scores["strict"]["spotting"] for s, scores in read["folds"].items()}
    assert {s: scores["tp"] + scores["fn"] for s, scores in strict.items()} == {
        "spNO.1": 1,
        "spNO.2": 1,
        "spNO.3": 0,
        "spNO.4": 2,
    }
    assert (strict["spNO.1"]["tp"], strict["spNO.1"]["fp"]) == (0, 0)
    assert read["folds"]["spNO.1"]["authors"]["spotting"]["fp"] == 1  # the released [0, 0]
    table = read_predictions(run.predictions)
    alone = table["variant"].str.endswith("/annotated")  # named, though nothing is found
    assert "spNO.1" not in set(table[~alone]["subject"])
    assert set(table[alone & (table["subject"] == "spNO.1")]["emotion"]) == {"neutral"}
    assert rescore(run.path)[0].equals(table)
    assert "nothing can be found" in run.fold("spNO.1").log.read_text()
    pictures = {p.stem for p in run.path.glob("folds/spNO.1/timelines/*.png")}
    assert pictures == {"a", "b"}
    capfd.readouterr()
    assert main(["compare", str(run.path), str(run.path), "--json"]) == 0
    compared = json.loads(capfd.readouterr().out)
    assert compared["subjects"] == ["spNO.1", "spNO.2", "spNO.3", "spNO.4"]
    assert compared["scores"]["f1"]["first"] == read["protocols"]["strict"]["spotting"]["f1"]


def test_a_fold_without_training_data_fails_and_the_others_are_done(
    tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    store(tmp_path / "root", tmp_path / "cache", "casme3", K, RECORDINGS)
    words = options(tmp_path, "casme3", tmp_path / "runs", JUDGE_ALONE)
    assert main(["loso", *words]) == FAILED
    printed = " ".join(capfd.readouterr().out.split())
    expected = f"no video with a micro-expression of another subject has {K} frames"
    assert expected in printed
    assert "Traceback" not in printed
    read = json.loads((tmp_path / "runs" / "casme3" / "results.json").read_bytes())
    assert set(read["folds"]) == {"spNO.1", "spNO.3"}


def test_no_video_of_the_data_set_is_long_enough(
    tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    short = [r for r in RECORDINGS if r.subject == "spNO.1"]
    store(tmp_path / "root", tmp_path / "cache", "casme3", K, short)
    words = options(tmp_path, "casme3", tmp_path / "runs", JUDGE_ALONE)
    assert main(["loso", *words]) == FAILED
    printed = " ".join(capfd.readouterr().out.split())
    assert "none of its 2 videos has 50 frames, nor has any other of casme3" in printed
    assert "choose a smaller --data.samples.k" in printed
