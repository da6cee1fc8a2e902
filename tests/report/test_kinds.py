"""The page of runs that are judged by other kinds, or by spotting alone, and beside each other."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from metst.base.errors import ConfigError
from metst.datasets.labels.records import EMOTIONS
from metst.report import write_report
from metst.scoring.judgment import Judgment
from metst.scoring.kinds import JudgedKind
from tests.support.judged import Found, judged_run

EMBEDDED = re.compile(r'<script type="application/json" id="(\w+)">(.*?)</script>', re.DOTALL)

MICRO: Found = ("micro", 11, 20, "positive")
MACRO: Found = ("macro", 101, 160, "positive")

SPOTTER = Judgment((), (), "none")
BOTH = Judgment(EMOTIONS, EMOTIONS, "spotting_first")


def embedded(*runs: Path) -> dict[str, Any]:
    page = write_report(runs).read_text()
    return {"page": page} | {name: json.loads(text) for name, text in EMBEDDED.findall(page)}


@pytest.mark.parametrize(
    ("kind", "outcomes"),
    [
        ("micro", ["found", "missed", None]),
        ("macro", [None, None, "found"]),
        ("all", ["found", "missed", "found"]),
    ],
)
def test_expressions_of_the_judged_kind_have_outcomes(
    tmp_path: Path, kind: JudgedKind, outcomes: list[str | None]
) -> None:
    how = Judgment((), (), "none", kind=kind)
    run = judged_run(tmp_path / "run", how, [MICRO, MACRO])
    found = embedded(run)
    video = found["videos"][0]
    assert [e.get("outcome", [None])[0] for e in video["annotated"]] == outcomes
    assert [e["kind"] for e in video["annotated"]] == ["micro", "micro", "macro"]
    assert [e["emotion"] for e in video["annotated"]] == ["negative", "positive", None]
    expected = (outcomes.count("found"), 0, outcomes.count("missed"), 0)
    assert tuple(video["counts"][0][name] for name in ("tp", "fp", "fn", "wrong")) == expected
    assert ("candidates of each strategy" in found["page"]) == (kind == "micro")


def test_a_wrong_emotion_is_one_of_a_run_that_names_emotions(tmp_path: Path) -> None:
    spotter = judged_run(tmp_path / "spotter", SPOTTER, [("micro", 11, 20, "")])
    both = judged_run(tmp_path / "both", BOTH, [MICRO])
    found = embedded(spotter, both)
    assert [counts["wrong"] for counts in found["videos"][0]["counts"]] == [0, 1]
    assert found["manifest"]["classes"] == [*EMOTIONS, "neutral"]
    scores = found["numbers"]["comparisons"][0]["strict"]["scores"]
    assert scores["f1"]["first"] == scores["f1"]["second"] == pytest.approx(2 / 3)
    assert scores["strs"]["first"] is None and scores["strs"]["second"] is None


def test_a_page_of_a_spotter_shows_no_emotions(tmp_path: Path) -> None:
    spotter = judged_run(tmp_path / "spotter", SPOTTER, [("micro", 11, 20, "")])
    page = embedded(spotter)["page"]
    assert 'id="recognition"' not in page and "spotting alone" in page
    assert "recognition_first" not in page


def test_runs_of_other_rules_are_refused(tmp_path: Path) -> None:
    first = judged_run(tmp_path / "first", BOTH)
    second = judged_run(tmp_path / "second", Judgment(EMOTIONS, EMOTIONS, "none", iou=0.25))
    with pytest.raises(ConfigError, match=r"judged with iou 0\.5, .*second with 0\.25: expected"):
        write_report([first, second])
