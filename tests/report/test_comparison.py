"""The page that compares systems: what it counts, and that it needs nothing else."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from markupsafe import escape

from metst.datasets.labels.records import EMOTIONS
from metst.report.comparison import Compared, write_comparison
from metst.results.run import open_run
from metst.results.systems import ADAPTED, Entry, systems_table
from metst.scoring.judgment import Judgment
from metst.systems.size import Size
from tests.support.judged import Found, judged_run

BOTH = Judgment(EMOTIONS, EMOTIONS, "spotting_first")
FIRST: Found = ("micro", 10, 20, "negative")
ALARM: Found = ("micro", 80, 90, "negative")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("runs")
    runs = {
        "of_fd": judged_run(folder / "a", Judgment((), (), "none"), [("micro", 10, 20, "")]),
        "me_tst": judged_run(folder / "b", BOTH, [FIRST, ALARM]),
        "mean": judged_run(folder / "c", BOTH, [ALARM]),
    }
    entries = entries_of(runs)
    named = replace(entries[1], name="ststnet behind me_tst", tables=("analysis",))
    entries.append(named)
    entries.append(Entry("sfamnet", ("spotting",), remark="failed: <no disk>", adapted=True))
    return page_of(entries, "me_tst")


@pytest.fixture(scope="module")
def numbers(page: str) -> dict[str, Any]:
    return document(page)


def entries_of(runs: dict[str, Path]) -> list[Entry]:
    return [
        Entry(name, ("spotting", "analysis"), open_run(path, results=True).averaging(EMOTIONS), "")
        for name, path in runs.items()
    ]


def page_of(entries: list[Entry], against: str) -> str:
    systems = [Compared(entry, Size(1234, 56, "frame"), 3) for entry in entries]
    return write_comparison("demo", systems, against, [systems_table("spotting", "demo", entries)])


def document(page: str) -> dict[str, Any]:
    (text,) = re.findall(r'<script type="application/json" id="numbers">(.*?)</script>', page)
    found: dict[str, Any] = json.loads(text)
    return found


def test_what_is_not_as_published_is_named(page: str) -> None:
    assert page.count(f"{escape(ADAPTED)}: SFAMNet.") == 2  # at the top, and below the table


def test_scores_are_sorted(numbers: dict[str, Any]) -> None:
    assert [d["title"] for d in numbers["dots"]["f1"]] == ["OF-FD", "ME-TST", "MEAN"]
    assert [d["value"] for d in numbers["dots"]["f1"]] == pytest.approx([2 / 3, 1 / 2, 0])
    # OF-FD names nothing; what was named behind another's spotting is no spotter.
    titles = [d["title"] for d in numbers["dots"]["strs"]]
    assert titles == ["ME-TST", "STSTNet behind ME-TST", "MEAN"]


def test_others_are_tested_against_one(numbers: dict[str, Any]) -> None:
    tests = {t["title"]: t for t in numbers["tests"]["f1"]}
    assert set(tests) == {"OF-FD", "MEAN"}
    assert tests["OF-FD"]["wins"] == 2
    assert tests["MEAN"]["losses"] == 2
    for test in tests.values():  # two tests of two subjects: 2 of 4 exchanges, twice
        assert (test["p"], test["holm"]) == (0.5, 1.0)


def test_hits_are_counted_by_micro_expression_and_subject(numbers: dict[str, Any]) -> None:
    hits = numbers["hits"]
    assert (hits["union"], hits["intersection"], hits["alone"]) == (2, 0, [0, 0, 0])
    assert [(r["onset"], r["found"]) for r in hits["rows"]] == [
        *[(50, [False, False, False])] * 2,
        *[(10, [True, True, False])] * 2,
    ]
    assert hits["subjects"]["1"] == {"all": 2, "each": [1, 1, 0], "any": 1}


def test_untested_folds_are_no_misses(tmp_path: Path) -> None:
    whole = judged_run(tmp_path / "whole", BOTH, [FIRST])
    half = judged_run(tmp_path / "half", BOTH, [FIRST])
    results = json.loads((half / "results.json").read_text())
    del results["folds"]["2"]
    (half / "results.json").write_text(json.dumps(results))
    rows = pd.read_csv(half / "predictions.csv", dtype=str)
    rows[rows["subject"] == "1"].to_csv(half / "predictions.csv", index=False)
    page = page_of(entries_of({"me_tst": whole, "mean": half}), "me_tst")
    assert "MEAN (1 of 2 folds)" in page
    numbers = document(page)
    assert [(d["title"], d["lack"]) for d in numbers["dots"]["f1"]] == [
        *[("ME-TST", ""), ("MEAN", " (1 of 2 folds)")]
    ]
    hits = numbers["hits"]
    assert (hits["union"], hits["common"], hits["intersection"]) == (2, 2, 1)
    assert hits["alone"] == [0, 0]
    assert hits["subjects"]["2"] == {"all": 2, "each": [1, None], "any": 1}


def test_hits_are_of_the_judged_kind(tmp_path: Path) -> None:
    how = Judgment((), (), "none", kind="macro")
    run = judged_run(tmp_path / "a", how, [("macro", 100, 160, "")])
    hits = document(page_of(entries_of({"of_fd": run}), "of_fd"))["hits"]
    assert [(row["onset"], row["found"]) for row in hits["rows"]] == [(100, [True])] * 2


def test_the_page_shows_costs_and_failures_and_loads_nothing(page: str) -> None:
    assert "1,234" in page
    assert "failed: &lt;no disk&gt;" in page
    assert "http" not in re.sub(r"http-equiv", "", page)
    assert page.count("<html") == page.count("</html>") == 1
