"""The summary of a sweep."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from metst.base.errors import MetstError
from metst.runner.sweeps.file import read_sweep
from metst.runner.sweeps.folder import Record, SweepFolder
from metst.runner.sweeps.summary import write_summary
from tests.support.browser import PROGRAM, open_browser
from tests.support.trials import record

FILE = """
method: random
metric: {name: strict/strs, goal: maximize}
parameters:
  model.lr: {distribution: log_uniform_values, min: 1.0e-3, max: 1.0}
  model.peak: {values: [0.5, 0.6]}
command: [python, -m, metst, trial, "${args}"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "x.yaml"
    path.write_text(FILE)
    return path


@pytest.fixture
def folder(tmp_path: Path, file: Path) -> SweepFolder:
    folder = SweepFolder(tmp_path / "demo-x")
    broken = Record("broken", 3, {"model.peak": 0.6}, "n", "failed", "fold a: one | two")
    made = [
        record(0, [(1, 2, 2), (2, 2, 2)]),
        record(1, [(4, 0, 0), (3, 1, 1)]),
        record(2, [(0, 4, 4)], "stopped"),
    ]
    for one in (*made, broken):
        folder.trial(one.digest).write(one)
    write_summary(read_sweep(file), folder)
    return folder


def row(folder: SweepFolder, name: str) -> list[str]:
    """Cells of a trial."""
    lines = (folder.path / "sweep.md").read_text().splitlines()
    (line,) = (x for x in lines if x.startswith(f"| {name} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_trials_stand_in_the_order_of_their_scores(folder: SweepFolder) -> None:
    content = json.loads((folder.path / "sweep.json").read_text())
    names = ["trial1", "trial0", "trial2", "broken"]
    assert [t["digest"] for t in content["trials"]] == names
    text = (folder.path / "sweep.md").read_text()
    assert sorted(names, key=lambda name: text.index(f"| {name} |")) == names
    assert row(folder, "trial1")[1] == "0.875 (0.000-1.000)"
    assert row(folder, "trial1")[4:] == ["0.1", "0.5", "2 of 2"]


def test_a_trial_that_was_given_up_has_no_score(folder: SweepFolder) -> None:
    cells = row(folder, "trial2")
    assert cells[1:4] == ["", "", ""]
    assert cells[-1] == "1 of 1, given up: strict/strs 0.000, the best 0.500"


def test_a_message_does_not_break_the_table(folder: SweepFolder) -> None:
    assert row(folder, "broken")[-1] == "failed: fold a: one / two"


def test_the_page_has_a_point_per_complete_trial_and_setting(folder: SweepFolder) -> None:
    text = (folder.path / "sweep.html").read_text()
    for name, points in (("trial0", 2), ("trial1", 2), ("trial2", 0), ("broken", 0)):
        assert text.count(f'href="#{name}"') == points
        assert f'<a href="trials/{name}/">{name}</a>' in text
    assert "trial1: strict/strs 0.875, model.lr 0.1" in text
    assert "optimistic" in text and "optimistic" in (folder.path / "sweep.md").read_text()


@pytest.mark.skipif(PROGRAM is None, reason="needs chromium (apt-get install chromium)")
def test_a_trial_that_is_pointed_at_stands_out_everywhere(folder: SweepFolder) -> None:
    lit = "[...document.querySelectorAll('.lit')].map((e) => e.dataset.trial)"
    rows = "[...document.querySelectorAll('#trials tbody tr')].map((row) => row.id)"
    with open_browser() as page:
        page.look(1300, 900)
        page.open((folder.path / "sweep.html").as_uri())
        x, y = page.evaluate("""(() => {
            const circle = document.querySelector("[data-trial=trial1] circle");
            const box = circle.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
        })()""")
        page.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        assert page.evaluate(lit) == ["trial1"] * 3  # two settings and the row
        assert page.evaluate(rows)[:2] == ["trial1", "trial0"]
        sort = "[...document.querySelectorAll('.sort')].find((b) => b.textContent === 'model.lr')"
        page.evaluate(f"{sort}.click()")
        assert page.evaluate(rows) == ["trial0", "trial1", "trial2", "broken"]
        assert page.complaints == []


def test_without_a_complete_trial_there_is_a_table_all_the_same(tmp_path: Path, file: Path) -> None:
    folder = SweepFolder(tmp_path / "demo-x")
    only = replace(record(2, [(0, 4, 4)], "stopped"), subjects=2)
    folder.trial(only.digest).write(only)
    assert "| trial2 |" in write_summary(read_sweep(file), folder)
    assert "No trial is complete yet" in (folder.path / "sweep.html").read_text()


def test_a_damaged_record_is_named(folder: SweepFolder) -> None:
    (folder.path / "trials" / "trial0" / "trial.json").write_text("{")
    with pytest.raises(MetstError, match=r"trial\.json is damaged"):
        folder.records()
