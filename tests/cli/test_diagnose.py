"""`metst diagnose`: any finished run, with what it has."""

import json
from pathlib import Path

import pytest

from metst.cli import main
from metst.datasets.conditions import Activity, Conditions
from metst.datasets.labels.records import EMOTIONS
from metst.scoring.judgment import Judgment
from tests.support.judged import judged_run
from tests.support.made_up import MadeUp, make_run

Capture = pytest.CaptureFixture[str]


def test_a_run_without_curves_or_data_gives_what_it_can(tmp_path: Path, capsys: Capture) -> None:
    how = Judgment(EMOTIONS, EMOTIONS, "spotting_first")
    run = judged_run(
        tmp_path / "run", how, [("micro", 11, 20, "positive"), ("micro", 61, 64, "negative")]
    )
    assert main(["diagnose", str(run), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["endings"] == {"wrong_emotion": 2, "no_proposal": 2}
    assert found["false_alarms"] == {"micro": 0, "macro": 0, "blink": 0, "nothing": 2}
    assert found["oracles"]["emotion"]["tp"] == found["oracles"]["as_it_is"]["tp"] == 2
    assert found["groups"] == [] and len(found["notes"]) == 3
    assert main(["diagnose", str(run)]) == 0
    text = capsys.readouterr().out
    assert "found, with a wrong emotion" in text and "ceiling: intervals of 11 frames" in text


@pytest.mark.parametrize("kind", ["macro", "all"])
def test_other_kinds_are_diagnosed_by_spotting_alone(
    tmp_path: Path, kind: str, capsys: Capture
) -> None:
    how = Judgment((), (), "none", kind=kind)  # type: ignore[arg-type]
    run = judged_run(tmp_path / "run", how, [("macro", 101, 160, "")])
    assert main(["diagnose", str(run), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["endings"]["found"] == 2
    assert found["oracles"]["as_it_is"]["strs"] is None
    assert found["ceiling"] is None and f"({kind})" in found["notes"][0]


def test_what_the_data_set_knows_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Everything is head motion, and one video of two is of a group."""
    motion = (Activity("motion", 1, 900),)
    known = {("sp0", "v0"): Conditions(("speech",), motion), ("sp1", "v0"): Conditions((), motion)}
    monkeypatch.setattr(MadeUp, "conditions", lambda *_: known)
    run = make_run(tmp_path / "run", 2, 1, 900)
    assert main(["diagnose", str(run), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["false_alarms"]["motion"] > 0 and found["false_alarms"]["nothing"] == 0
    (group,) = found["groups"]
    assert [group["name"], group["inside"]["videos"], group["outside"]["videos"]] == [
        "speech",
        1,
        1,
    ]
    whole = found["oracles"]["as_it_is"]
    parts = [group[side]["scores"] for side in ("inside", "outside")]
    for count in ("tp", "fp", "fn"):
        assert sum(part[count] for part in parts) == whole[count]


def test_no_run_is_one_message(tmp_path: Path, capsys: Capture) -> None:
    assert main(["diagnose", str(tmp_path)]) == 1
    assert "expected the folder of a run" in capsys.readouterr().err


@pytest.mark.slow
def test_perfect_thresholds_go_below_those_of_a_trained_run(
    tiny_runs: Path, capsys: Capture
) -> None:
    """The low peaks of our decoder are found again from the curves of the folds."""
    assert main(["diagnose", str(tiny_runs / "demo"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert not [note for note in found["notes"] if "threshold" in note or "curves" in note]
    assert found["oracles"]["threshold"]["spotting"] >= found["oracles"]["as_it_is"]["spotting"]
