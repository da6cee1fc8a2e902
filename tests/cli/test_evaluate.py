"""Scoring a table, of this or any other system, from the command line."""

import json
from pathlib import Path

import pandas as pd
import pytest

from metst.cli import main
from metst.labels import Expression, Recording, Timebase
from metst.results import write_annotations

CLASSES = ("negative", "positive", "surprise", "others")


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Two subjects with one video each; every emotion once."""
    recordings = []
    for number, subject in enumerate(("s1", "s2")):
        found = tuple(
            Expression(subject, "a", 50 * i + 10, 50 * i + 15, 50 * i + 20, emotion=emotion)
            for i, emotion in enumerate(CLASSES[2 * number : 2 * number + 2])
        )
        recordings.append(Recording(subject, "a", 200, Timebase(30.0), found))
    path = tmp_path / "annotations.csv"
    write_annotations(recordings, path)
    return path


def perfect(labels: Path) -> pd.DataFrame:
    return pd.read_csv(labels)[["subject", "video", "onset", "offset", "emotion"]]


def evaluate(table: pd.DataFrame, labels: Path, capsys: pytest.CaptureFixture[str]) -> dict:
    path = labels.parent / "predictions.csv"
    table.to_csv(path, index=False)
    assert main(["evaluate", str(path), "--json", "-q"]) == 0
    return json.loads(capsys.readouterr().out)["protocols"]["strict"]


def test_perfect_predictions_score_one(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scores = evaluate(perfect(labels), labels, capsys)
    assert scores["spotting"] == {"tp": 4, "fp": 0, "fn": 0, "precision": 1, "recall": 1, "f1": 1}
    assert [scores["recognition"][key] for key in ("uf1", "uar", "f1")] == [1, 1, 1]
    assert scores["strs"] == 1


def test_no_predictions_score_zero(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scores = evaluate(perfect(labels).head(0), labels, capsys)
    assert scores["spotting"] == {"tp": 0, "fp": 0, "fn": 4, "precision": 0, "recall": 0, "f1": 0}
    assert scores["strs"] == 0


def test_order_of_rows_changes_nothing(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = perfect(labels)
    table.loc[1, "emotion"] = "others"
    table.loc[2, "offset"] += 100
    straight = evaluate(table, labels, capsys)
    assert evaluate(table.iloc[::-1], labels, capsys) == straight
    assert straight["spotting"]["tp"] == 3


def test_bad_rows_are_told_by_line(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = perfect(labels)
    table.loc[1, "offset"] = 3
    table.loc[2, "emotion"] = "joy"
    path = labels.parent / "predictions.csv"
    table.to_csv(path, index=False)
    assert main(["evaluate", str(path)]) == 1
    said = capsys.readouterr().err
    assert "line 3: offset 3 lies before onset 60" in said
    assert "line 4: emotion: expected one of" in said


def test_compare_names_subjects_that_one_side_lacks(
    labels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = perfect(labels)
    first, second = labels.parent / "first.csv", labels.parent / "second.csv"
    table.to_csv(first, index=False)
    table[table["subject"] == "s1"].to_csv(second, index=False)
    words = ["compare", str(first), str(second), f"--labels={labels}", "--json"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["subjects"] == ["s1"]
    assert found["only_first"] == ["s2"]
    assert found["scores"]["strs"]["first"] == found["scores"]["strs"]["second"]


def test_a_submission_holds_own_frame_numbers(labels: Path) -> None:
    path = labels.parent / "predictions.csv"
    perfect(labels).to_csv(path, index=False)
    out = labels.parent / "megc.csv"
    assert main(["evaluate", str(path), f"--write-megc={out}"]) == 0
    written = pd.read_csv(out)
    expected = perfect(labels)[["subject", "video", "onset", "offset"]]
    pd.testing.assert_frame_equal(written[["subject", "video", "onset", "offset"]], expected)
