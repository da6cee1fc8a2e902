"""Diagnosis and action units in the page."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from metst.base.errors import DataError
from metst.datasets.labels import Timebase
from metst.report import packing, write_report
from tests.support.browser import PROGRAM, open_browser
from tests.support.made_up import MadeUp, make_run

EMBEDDED = re.compile(r'<script type="application/json" id="(\w+)">(.*?)</script>', re.DOTALL)
FRAMES, SKIP = 900, 2


def units(_self: object, _root: Path, subject: str, video: str) -> dict[str, NDArray[np.float32]]:
    """Brows move in one video, and hardly in another; the jaw nowhere; one video is not known."""
    if (subject, video) == ("sp1", "v0"):
        raise DataError(Path("truth"), "is damaged")
    curve = np.zeros(FRAMES * SKIP, dtype=np.float32)
    curve[700:720] = 0.5 if subject == "sp0" else packing.UNIT_STEP / 2
    return {"AU 26": np.zeros_like(curve), "AU 4 left": curve, "AU 1": curve / 2}


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(MadeUp, "action_units", units)
    monkeypatch.setattr(MadeUp, "timebase", Timebase(60.0, skip=SKIP))
    return write_report([make_run(tmp_path / "run", 2, 1, FRAMES, Timebase(60.0, skip=SKIP))])


def test_only_units_that_move_are_kept(page: Path) -> None:
    found = dict(EMBEDDED.findall(page.read_text()))
    kinds = json.loads(found["manifest"])["curves"]
    names = [kind["label"] for kind in kinds if kind["kind"] == "unit"]
    assert names == ["AU 4 left", "AU 1"]
    moving = [
        [kinds[row]["label"] for row in video["rows"] if kinds[row]["kind"] == "unit"]
        for video in json.loads(found["videos"])
    ]
    assert moving == [names, []]


def test_the_diagnosis_is_a_table_and_a_picture(page: Path) -> None:
    text = page.read_text()
    section = text[text.index('<section id="diagnosis"') : text.index('<section id="timelines"')]
    known = json.loads(dict(EMBEDDED.findall(text))["numbers"])["runs"][0]["diagnosis"]
    for name, number in known["endings"].items():
        assert f'data-path="/runs/0/diagnosis/endings/{name}">{number}<' in section
        assert f'class="part end-{name}"' in section
    assert all(f"/diagnosis/oracles/{name}/strs" in section for name in known["oracles"])
    assert "annotated" not in known


@pytest.mark.skipif(PROGRAM is None, reason="needs chromium (apt-get install chromium)")
def test_units_are_drawn_each_to_its_highest(page: Path) -> None:
    with open_browser() as tab:
        tab.look(1300, 900)
        tab.open(page.as_uri() + "#timelines")
        tab.wait_for("document.querySelectorAll('#list .video:first-child canvas').length >= 5")
        panel = "VIEWS[0].plots.find((u) => u.panel.title === 'Action units')"
        assert tab.evaluate(f"{panel}.axes[1].values()") == ["AU 4 left .50", "AU 1 .25"]
        frame = 355  # 710 / SKIP
        for number, text in ((frame, "AU 4 left 0.50"), (100, "")):
            values = f"VIEWS[0].readout.values({number}).map((p) => p.textContent).join('')"
            found = tab.evaluate(values)
            assert text in found and (text != "" or "AU" not in found)
        tops = tab.evaluate(f"{panel}.data.slice(1).map((lane) => lane[{frame}])")
        assert tops == pytest.approx([0.85 - 0.95, 0.85 - 1.95])
        tab.evaluate("document.querySelector('[name=units]').click()")
        tab.wait_for("VIEWS[0].plots.length === 4 && !VIEWS[0].busy")
        assert tab.complaints == []
