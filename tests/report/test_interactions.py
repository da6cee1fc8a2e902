"""What one can do with the page: sort, filter by address, point, and reach everything by keys."""

import time

import pytest

from tests.support.browser import PROGRAM, Page
from tests.support.timelines import READOUT, SHOWN, choose, press

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="needs chromium (apt-get install chromium)")

TABLE = "document.querySelector('#headline table')"
SORTED = f"[...{TABLE}.tBodies[1].rows].map((row) => [...row.cells].map((c) => c.innerText))"


def point(page: Page, x: float, y: float) -> None:
    page.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    time.sleep(0.1)


def test_tables_are_sorted_by_the_numbers_of_a_column(page: Page) -> None:
    button = f"[...{TABLE}.querySelectorAll('.sort')].find((b) => b.textContent === 'FP')"
    state = f"{button}.closest('th').ariaSort"
    before = page.evaluate(SORTED)
    orders = []
    for expected in ("descending", "ascending", None):
        page.evaluate(f"{button}.click()")
        assert page.evaluate(state) == expected
        orders.append([int(row[3]) for row in page.evaluate(SORTED)])
    numbers = [int(row[3]) for row in before]
    assert orders == [sorted(numbers, reverse=True), sorted(numbers), numbers]
    page.evaluate(f"{button}.click()")
    names = [row[1] for row in page.evaluate(SORTED)]  # equal rows stay in their order
    assert names == [row[1] for row in sorted(before, key=lambda row: -int(row[3]))]


def test_a_link_shows_the_selection_and_back_undoes_it(page: Page, address: str) -> None:
    choose(page, "subject", "sp1")
    choose(page, "order", "worst")
    page.evaluate("document.querySelector('[name=flow]').click()")
    asked = "#timelines?subject=sp1&order=worst&flow=false"
    assert page.evaluate("location.hash") == asked
    links = "[...document.querySelectorAll('nav a')].map((a) => a.hash)"
    assert asked in page.evaluate(links)  # does not reset it
    page.evaluate("history.back()")
    page.wait_for("document.querySelector('[name=flow]').checked")
    page.evaluate("history.go(-2)")
    page.wait_for(f"{SHOWN}.length === 4")
    page.open("about:blank")
    page.open(address + asked)
    page.wait_for("document.documentElement.dataset.ready")
    assert set(page.evaluate(SHOWN)) == {"sp1 / v0", "sp1 / v1"}
    assert not page.evaluate("document.querySelector('[name=flow]').checked")
    assert page.evaluate("document.querySelector('.filters').elements.order.value") == "worst"
    assert (
        abs(page.evaluate("document.querySelector('#timelines').getBoundingClientRect().top")) < 300
    )


def test_the_readout_has_every_class_and_a_bar_has_a_tooltip(page: Page) -> None:
    micro, x, y = page.evaluate("""(() => {
        document.querySelector('#video-0').scrollIntoView();
        const e = VIEWS[0].intervals.find((e) => e.end === 'found' && e.run === 0);
        const u = VIEWS[0].plots.find((u) => u.panel.lanes), box = u.over.getBoundingClientRect();
        return [e, box.left + u.valToPos((e.onset + e.offset) / 2, 'x'), box.top + 1.5 * 26];
    })()""")
    point(page, x, y)
    shown = page.evaluate(READOUT)
    for name in ("negative", "positive", "surprise", "others", "neutral", "smoothed", "threshold"):
        assert f"{name} 0." in shown or f"{name} 1." in shown
    assert shown.count("predicted") == 1 and "annotated" not in shown  # the bar alone
    assert f"found, IoU {micro['iou']}, height {micro['score']:.2f}" in shown
    numbers = f"onset {micro['onset']}, apex {micro['apex']}, offset {micro['offset']}"
    assert f"{numbers} ({(micro['onset'] - 1) / 30:.2f} to " in shown
    point(page, x, y - 100)  # in the plot above: all that is under the cursor
    shown = page.evaluate(READOUT)
    assert "predicted" in shown and "annotated micro" in shown
    point(page, 5, 5)
    assert page.evaluate(READOUT) == ""


def test_a_finger_moves_the_cursor(page: Page) -> None:
    box = page.evaluate("VIEWS[0].plots[0].over.getBoundingClientRect().toJSON()")
    x, y = box["left"] + box["width"] / 3, box["top"] + 20
    for kind, dx in (("touchStart", 0), ("touchMove", 40), ("touchMove", 80)):
        page.call("Input.dispatchTouchEvent", type=kind, touchPoints=[{"x": x + dx, "y": y}])
    time.sleep(0.1)
    place = page.evaluate("VIEWS[0].plots[0].valToPos(VIEWS[0].at, 'x')")
    assert place == pytest.approx(box["width"] / 3 + 80, abs=3)
    assert " s frame " in page.evaluate(READOUT)
    page.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])


def test_a_video_is_one_tab_stop_and_arrows_reach_all_of_it(page: Page) -> None:
    page.evaluate("document.querySelector('.filters').elements.print.focus()")
    stops = []
    for _ in range(4):
        press(page, "Tab", at="")
        stops.append(page.evaluate("document.activeElement.closest('.video')?.id"))
    assert stops == [f"video-{i}" for i in range(4)]
    press(page, "ArrowUp")
    assert page.evaluate("document.activeElement.textContent") == "whole"
    press(page, "ArrowDown", at="")
    press(page, "ArrowDown", at="")
    assert page.evaluate("document.activeElement.textContent") == "Intervals as a table"
    press(page, "Enter", at="")
    page.wait_for("document.querySelectorAll('#video-0 .sort').length > 0")
    press(page, "ArrowDown", at="")
    assert page.evaluate("document.activeElement.className") == "sort"
    press(page, "Tab", at="")
    assert page.evaluate("document.activeElement.closest('.video')?.id") == "video-1"


def test_paper_names_what_is_printed(page: Page) -> None:
    choose(page, "subject", "sp1")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.call("Emulation.setEmulatedMedia", media="print")
    line = page.evaluate("document.querySelector('header .printed').innerText")
    hidden = [
        page.evaluate(f"getComputedStyle(document.querySelector('{name}')).display")
        for name in (".filters", ".tools", "nav")
    ]
    page.call("Emulation.setEmulatedMedia", media="")
    assert "report of made-up: protocols authors and strict" in line
    assert "strict/spotting_first. Timelines: subject: sp1; 2 of 4 videos" in line
    assert hidden == ["none"] * 3


def test_the_fold_under_the_cursor_stands_out_in_every_chart(page: Page) -> None:
    page.evaluate("document.querySelector('.training').scrollIntoView()")
    x, y = page.evaluate("""(() => {
        const line = document.querySelector('.training .fold[data-fold=sp1]'), p = line.points[10];
        const at = new DOMPoint(p.x, p.y).matrixTransform(line.getScreenCTM());
        return [at.x, at.y];
    })()""")
    point(page, x, y)
    values = "document.querySelector('.lit-values').textContent"
    lit = "[...document.querySelectorAll('.training .lit')].map((line) => line.dataset.fold)"
    assert page.evaluate(lit) == ["sp1", "sp1"]
    assert page.evaluate(values) == "sp1, epoch 10: loss 0.667 · learning rate 0.0200"
    press(page, "ArrowUp", at=".training")
    press(page, "ArrowLeft", at="")
    assert page.evaluate(values).startswith("sp0, epoch 9: loss 0.")
