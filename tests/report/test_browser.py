"""The page in a browser: it draws, filters, and talks to nobody."""

import json
import time
from pathlib import Path

import pytest

from metst.datasets.labels import Timebase
from metst.report import write_report
from metst.scoring.judgment import Judgment
from tests.support.browser import PROGRAM, Page
from tests.support.judged import Found, judged_run
from tests.support.made_up import make_run
from tests.support.timelines import DRAWN, RANGES, READOUT, READY, SHOWN, choose, press

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="needs chromium (apt-get install chromium)")

INK = """[...document.querySelectorAll('#list .video:first-child canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let ink = 0;
  for (let i = 3; i < data.length; i += 4) ink += data[i] > 0;
  return ink;
})"""


def test_every_panel_has_ink(page: Page) -> None:
    """Score, intervals, probabilities and flow: lines cover some pixels and not all."""
    ink = page.evaluate(INK)
    sizes = page.evaluate("[...document.querySelectorAll('#list canvas')].map((c) => c.width)")
    assert len(ink) == 4
    assert all(count > 2000 for count in ink)
    assert all(width > 900 for width in sizes)


def test_numbers_in_the_document_are_those_of_results_json(page: Page, made_up: Path) -> None:
    shown = page.evaluate(
        "[...document.querySelectorAll('data')].map((d) => [d.dataset.path, d.value])"
    )
    results = json.loads((made_up / "results.json").read_text())
    reported = dict(shown)
    for protocol in ("authors", "strict"):
        for strategy, scores in results["protocols"][protocol]["synergy"].items():
            at = f"/runs/0/results/protocols/{protocol}/synergy/{strategy}"
            assert float(reported[f"{at}/strs"]) == scores["strs"]
            for name, value in scores["spotting"].items():
                assert float(reported[f"{at}/spotting/{name}"]) == value


def test_filters_and_order(page: Page) -> None:
    everything = ["sp0 / v0", "sp0 / v1", "sp1 / v0", "sp1 / v1"]
    assert page.evaluate(SHOWN) == everything
    assert choose(page, "subject", "sp1") == everything[2:]
    assert choose(page, "subject", "") == everything
    counts = page.evaluate("VIEWS.map((view) => view.video.counts[0])")
    errors = [c["fp"] + c["fn"] + c["wrong"] for c in counts]
    worst = sorted(range(4), key=lambda i: (-errors[i], -counts[i]["fn"], i))
    assert choose(page, "order", "worst") == [everything[i] for i in worst]
    choose(page, "order", "data")
    with_miss = [name for name, c in zip(everything, counts, strict=True) if c["fn"]]
    assert choose(page, "outcome", "fn") == with_miss
    choose(page, "outcome", "")
    videos = page.evaluate("VIEWS.map((view) => [view.video.annotated, view.video.predicted[0]])")
    named = [{e["emotion"] for part in video for e in part} for video in videos]
    for emotion in ("others", "neutral"):
        expected = [n for n, found in zip(everything, named, strict=True) if emotion in found]
        assert choose(page, "emotion", emotion) == expected


def test_a_subject_of_the_table_leads_to_its_timelines(page: Page) -> None:
    page.evaluate("document.querySelector('a[data-subject=sp1]').click()")
    page.wait_for(f"{SHOWN}.length === 2")
    assert page.evaluate(SHOWN) == ["sp1 / v0", "sp1 / v1"]


def test_zoom_is_shared_by_all_panels_of_a_video(page: Page) -> None:
    whole = page.evaluate(RANGES)
    assert whole == [[1, 900]] * 4
    page.evaluate("document.querySelector('[aria-label=\"Zoom in\"]').click()")
    time.sleep(0.2)
    ranges = page.evaluate(RANGES)
    assert ranges == [ranges[0]] * 4
    assert ranges[0][1] - ranges[0][0] == pytest.approx(899 / 1.6)
    assert page.evaluate("VIEWS[1].plots.every((u) => u.scales.x.max === 900)")


def test_keys_move_the_cursor_and_show_what_is_there(page: Page) -> None:
    press(page, "n")
    shown = page.evaluate(READOUT)
    assert " s frame " in shown
    assert "annotated micro" in shown or "predicted" in shown
    low, high = page.evaluate(RANGES)[0]
    assert high - low == pytest.approx(6 * 30)  # 3 seconds on both sides
    before = page.evaluate("VIEWS[0].at")
    press(page, "ArrowRight")
    assert page.evaluate("VIEWS[0].at") == before + 1
    press(page, "0")
    assert page.evaluate(RANGES)[0] == [1, 900]


def test_every_class_has_a_color(page: Page) -> None:
    """Also of tasks with more classes than the demo's."""
    view = (
        "{manifest: {classes: [...'abcdefgh']}, named: (x) => x, curve: () => new Float32Array(1)}"
    )
    assert page.evaluate(f"classPanel({view}, 0).series.every((line) => line.stroke && line.dash)")


def test_panels_can_be_hidden(page: Page) -> None:
    page.evaluate("document.querySelector('[name=flow]').click()")
    page.wait_for("VIEWS[0].plots.length === 3 && !VIEWS[0].busy")
    page.evaluate("document.querySelector('.filters [type=reset]').click()")
    page.wait_for("VIEWS[0].plots.length === 4 && !VIEWS[0].busy")


def test_intervals_are_a_table_too(page: Page) -> None:
    page.evaluate("document.querySelector('#video-0 details').open = true")
    page.wait_for("document.querySelectorAll('#video-0 tbody tr').length > 0")
    rows = page.evaluate("document.querySelectorAll('#video-0 tbody tr').length")
    video = page.evaluate("VIEWS[0].video")
    assert rows == len(video["annotated"]) + len(video["predicted"][0])


def test_what_is_far_away_is_not_drawn(page: Page) -> None:
    page.look(1300, 400)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for("VIEWS[0].plots.length === 0")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_can_be_told_from_its_background(page: Page, dark: bool) -> None:
    """Contrast of at least 4.5 (WCAG 2.1, 1.4.3), for text and for softer text."""
    page.look(1300, 900, dark=dark)
    time.sleep(0.2)
    back, *texts = (
        luminance(
            page.evaluate(
                f"getComputedStyle(document.documentElement).getPropertyValue('--{name}')"
            )
        )
        for name in ("back", "text", "soft", "link")
    )
    for text in texts:
        high, low = max(back, text), min(back, text)
        assert (high + 0.05) / (low + 0.05) >= 4.5
    assert (back < 0.5) == dark


def luminance(color: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.1)."""
    parts = [int(color.strip()[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_printing_draws_every_video_that_is_shown(page: Page) -> None:
    page.evaluate("window.print = () => { window.printed = VIEWS.map((v) => v.plots.length); }")
    page.evaluate("document.querySelector('.filters').elements.print.click()")
    page.wait_for("window.printed")
    assert page.evaluate("window.printed") == [4, 4, 4, 4]


def test_nothing_sticks_out_of_a_narrow_window(page: Page) -> None:
    page.look(380, 800)
    time.sleep(0.3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    ends = "[...document.querySelectorAll('caption')].map((c) => c.getBoundingClientRect().right)"
    assert max(page.evaluate(ends)) <= 380  # wide tables scroll below theirs


def test_a_large_page_is_drawn_soon(browser: Page, made_up: Path, tmp_path: Path) -> None:
    """As many videos as CAS(ME)^3 has with MEs; their curves are those of the small run."""
    text = write_report([made_up], tmp_path / "small.html").read_text()
    small = json.loads(text.split('id="videos">')[1].split("</script>")[0])
    many = [{**small[i % 4], "video": f"v{i}"} for i in range(463)]
    large = tmp_path / "large.html"
    large.write_text(
        text.replace(text.split('id="videos">')[1].split("</script>")[0], json.dumps(many))
    )
    begin = time.perf_counter()
    browser.open(large.as_uri() + "#timelines")
    browser.wait_for(DRAWN)
    assert browser.evaluate(SHOWN)[-1] == "sp1 / v462"
    assert time.perf_counter() - begin < 10  # on a busy machine


def test_every_seventh_frame_keeps_its_own_number(browser: Page, tmp_path: Path) -> None:
    """SAMM-LV: 200 frames per second, of which the network sees every seventh."""
    run = make_run(tmp_path / "sampled", 2, 1, 800, Timebase(200.0, skip=7))
    browser.open(write_report([run]).as_uri() + "#timelines")
    browser.wait_for(DRAWN)
    assert browser.evaluate(RANGES) == [[1, 1 + 799 * 7]] * 4
    micro = browser.evaluate("VIEWS[0].video.annotated[0]")
    browser.evaluate("VIEWS[0].jump(1)")
    while browser.evaluate("VIEWS[0].at") != micro["apex"]:  # false alarms may come first
        browser.evaluate("VIEWS[0].jump(1)")
        time.sleep(0.1)
    time.sleep(0.2)
    shown = browser.evaluate(READOUT)
    assert shown.startswith(f"{(micro['apex'] - 1) / 200:.3f} s frame {micro['apex']}")
    assert "annotated micro negative" in shown
    score = float(shown.split("smoothed ")[1].split()[0])
    assert score >= browser.evaluate("VIEWS[0].video.thresholds[0]")


def test_intervals_without_emotions_have_no_name(browser: Page, tmp_path: Path) -> None:
    """Judged are macro-expressions too: each annotation has an outcome, and nothing complains."""
    how = Judgment((), (), "none", kind="all")
    found: list[Found] = [("micro", 11, 20, ""), ("macro", 101, 160, "")]
    browser.complaints.clear()
    browser.open(write_report([judged_run(tmp_path / "run", how, found)]).as_uri())
    browser.wait_for(READY)
    browser.evaluate("document.getElementById('timelines').scrollIntoView()")
    browser.wait_for("document.querySelectorAll('#list .video:first-child canvas').length >= 1")
    text = browser.evaluate("describe(VIEWS[0])")
    assert "undefined" not in text and "null" not in text
    assert "negative 10 to 20 found; positive 50 to 60 missed; 100 to 160 found" in text
    assert "Predicted: 11 to 20 found; 101 to 160 found." in text
    assert browser.complaints == []
