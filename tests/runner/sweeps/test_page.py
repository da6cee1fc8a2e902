"""The pages of a sweep."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from metst.runner.sweeps.file import read_sweep
from metst.runner.sweeps.folder import Record, SweepFolder
from metst.runner.sweeps.page import write_pages
from tests.support.trials import record

FILE = """
method: random
metric: {name: strict/strs, goal: maximize}
parameters:
  model.lr: {distribution: log_uniform_values, min: 1.0e-3, max: 1.0}
  judge.peak: {values: [0.5, 0.6]}
command: [python, -m, metst, trial, "${args}"]
"""


class Cells(HTMLParser):
    """Texts of the cells of each row of every table."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.inside = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data.strip()


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    path = tmp_path / "x.yaml"
    path.write_text(FILE)
    folder = SweepFolder(tmp_path / "demo-x")
    broken = Record("broken", 3, {"judge.peak": 0.6}, "n", "failed", "fold a: <no> & such")
    made = [
        record(0, [(1, 2, 2), (2, 2, 2)]),
        record(1, [(4, 0, 0), (3, 1, 1)]),
        record(2, [(0, 4, 4)], "stopped"),
    ]
    for one in (*made, broken):
        folder.trial(one.digest).write(one)
    write_pages(read_sweep(path), folder)
    return folder.path


def test_trials_stand_in_the_order_of_their_scores(pages: Path) -> None:
    rows = [r for r in Cells((pages / "sweep.html").read_text()).rows if "trial" in r[0]]
    assert [r[0] for r in rows[1:]] == ["trial1", "trial0", "trial2"]
    assert rows[1][1] == "0.875 (0.000-1.000)"
    assert rows[1][4:] == ["0.1", "0.5", "2 of 2"]
    told = json.loads((pages / "sweep.json").read_text())
    assert [t["digest"] for t in told["trials"]] == ["trial1", "trial0", "trial2", "broken"]
    assert told["trials"][3]["settings"] == {"model.lr": "as configured", "judge.peak": 0.6}


def test_a_trial_that_was_given_up_has_no_score(pages: Path) -> None:
    row = next(r for r in Cells((pages / "sweep.html").read_text()).rows if r[0] == "trial2")
    assert row[1:4] == ["", "", ""]
    assert row[-1] == "1 of 1, given up: STRS 0.000 there, the best 0.500"


def test_what_was_said_by_others_is_no_markup(pages: Path) -> None:
    text = (pages / "sweep.html").read_text()
    assert "<no>" not in text
    assert "&lt;no&gt; &amp; such" in text
    assert "| broken |" in (pages / "sweep.md").read_text()


def test_the_page_loads_nothing_and_has_a_line_per_complete_trial(pages: Path) -> None:
    text = (pages / "sweep.html").read_text()
    assert not re.search(r'(src|href)="(?!#)', text.replace('xlink:href="#', 'href="#'))
    svg = text[text.index("<svg") : text.index("</svg>")]
    assert svg.count("stroke-dasharray") >= 1
    assert 'id="line2d_' in svg
    assert "optimistic" in text


def test_without_a_complete_trial_there_is_a_page_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(FILE)
    folder = SweepFolder(tmp_path / "demo-x")
    only = replace(record(2, [(0, 4, 4)], "stopped"), subjects=2)
    folder.trial(only.digest).write(only)
    told = write_pages(read_sweep(path), folder)
    assert told.optimism is None
    assert "No trial has been judged on all folds yet" in (folder.path / "sweep.html").read_text()


def test_a_damaged_record_is_told(pages: Path) -> None:
    from metst.base.errors import MetstError

    (pages / "trials" / "trial0" / "trial.json").write_text("{")
    with pytest.raises(MetstError, match=r"trial\.json is damaged"):
        SweepFolder(pages).records()
