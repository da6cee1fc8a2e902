"""Three, four or seven emotion classes of one data set."""

from pathlib import Path

import pytest

from metst.base.errors import ConfigError
from metst.datasets.base import DataSet, EmotionCount
from metst.datasets.casme3 import CASME3
from metst.datasets.check.lint import check
from metst.datasets.demo.actions import EMOTION_UNITS
from metst.datasets.demo.dataset import DEMO
from metst.datasets.labels import Recording, samples
from metst.datasets.labels.emotions import Emotions
from metst.datasets.sammlv import SAMMLV
from tests.support.fourth import Fourth
from tests.support.label_tables import casme3_labels, samm_labels

SEVEN = ("anger", "disgust", "fear", "sad", "happy", "surprise", "others")


def read(data: DataSet, root: Path, count: EmotionCount) -> list[tuple[str, str | None]]:
    """Word and class of each micro-expression, in the order of the table."""
    micro = data.annotations(root, data.emotions(count)).of_kind("micro")
    return [(e.label.lower(), e.emotion) for e in micro]


def test_four_classes_are_the_default_in_the_order_of_the_released_code() -> None:
    for data in (CASME3, SAMMLV, DEMO):
        assert data.emotions().classes == ("negative", "positive", "surprise", "others")
        assert data.emotions(3).classes == ("negative", "positive", "surprise")


def test_with_three_classes_others_are_no_part_of_the_task(tmp_path: Path) -> None:
    casme3_labels(tmp_path)
    four, three = read(CASME3, tmp_path, 4), read(CASME3, tmp_path, 3)
    assert [word for word, name in four if name == "others"] == ["others", "others"]
    assert three == [pair for pair in four if pair[1] != "others"]
    samm_labels(tmp_path / "samm")
    assert read(SAMMLV, tmp_path / "samm", 3) == [("happiness", "positive"), ("", None)]


def test_with_seven_classes_the_words_are_the_classes(tmp_path: Path) -> None:
    casme3_labels(tmp_path)
    found = read(CASME3, tmp_path, 7)
    assert all(word == name for word, name in found)
    assert len(found) == len(read(CASME3, tmp_path, 4))
    samm_labels(tmp_path / "samm")
    assert read(SAMMLV, tmp_path / "samm", 7) == [("happiness", "happiness"), ("", None)]


def test_samples_carry_their_class(tmp_path: Path) -> None:
    casme3_labels(tmp_path)
    found = CASME3.annotations(tmp_path, CASME3.emotions(7)).by_video([("spNO.1", "a")])
    recording = Recording("spNO.1", "a", 300, CASME3.timebase, found["spNO.1", "a"])
    assert [name for *_, name in samples(recording, "strict")] == ["disgust", "happy"]


@pytest.mark.parametrize("count", [3, 7])
def test_what_is_left_out_is_no_finding(tmp_path: Path, count: EmotionCount) -> None:
    samm_labels(tmp_path)
    four = check("sammlv", tmp_path, labels_only=True)
    report = check("sammlv", tmp_path, labels_only=True, emotions=count)
    assert {f.code for f in report.findings} <= {f.code for f in four.findings}
    assert report.numbers["micro"] == four.numbers["micro"] - 1
    assert report.usable["strict"].samples == 1


def test_scores_are_averaged_over_the_classes_of_the_publications() -> None:
    assert CASME3.analyzed() == ("negative", "positive", "surprise", "others")
    assert SAMMLV.analyzed() == SAMMLV.analyzed(3) == ("negative", "positive", "surprise")
    assert DEMO.analyzed(7) == SEVEN


def test_the_demo_has_a_class_for_every_emotion_it_makes() -> None:
    assert set(EMOTION_UNITS) == set(SEVEN) == set(DEMO.emotions(7).classes)


def test_a_data_set_without_single_emotions_names_what_it_has() -> None:
    with pytest.raises(ConfigError, match="fourth has no scheme of 7 classes; choose 3 or 4"):
        Fourth().emotions(7)


def test_a_class_that_the_scheme_lacks_is_refused() -> None:
    with pytest.raises(ConfigError, match="emotion 'joy': expected one of a, b, got 'c'"):
        Emotions(("a", "b"), {"joy": "c"})
