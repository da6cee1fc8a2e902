"""The page of an analysis, in a browser: video, curves and intervals stay together."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from metst.base.randomness import generator
from metst.predict.analysis import Analysis, Interval
from metst.predict.html import FILE, page
from metst.predict.playable import playable, plays
from metst.video.clip import survey
from tests.support.browser import PROGRAM, Page, open_browser
from tests.support.videos import numbered, write_video

needs_browser = pytest.mark.skipif(
    PROGRAM is None, reason="needs chromium (apt-get install chromium)"
)

FRAMES = 60
TICKS = np.cumsum([0, *[40] * 29, *[20] * 30]).tolist()
"""Milliseconds at which frames are shown: 25 frames/s, then 50."""

SPANS = ((11, 14, 17, "negative"), (31, 36, 40, "surprise"))
LAST = "PLAYER.go(PLAYER.times.count)"
PLACE = "[PLAYER.frame, PLAYER.current, PLAYER.media.paused]"
READING = """Object.fromEntries([...document.querySelectorAll('.reading div')].map(
    (row) => [...row.children].map((cell) => cell.textContent)))"""
SHOWN = """(async (frame) => {
  const video = document.querySelector('video');
  const shown = new Promise((done) => video.requestVideoFrameCallback((_, m) => done(m.mediaTime)));
  PLAYER.go(frame);
  return await shown;
})"""


def analysis_of(path: Path, times: Sequence[float]) -> Analysis:
    """Curves of a video in which nothing after three quarters was analyzed."""
    count, classes = len(times), ("negative", "surprise", "neutral")
    frames = np.arange(count)
    shares = np.stack([frames / count, 0.2 * (1 - frames / count)], axis=1)
    found = [
        Interval(*x[:3], *(times[i - 1] for i in x[:3]), x[3], 0.6, (0.5, 0.3, 0.2))  # type: ignore[misc]
        for x in SPANS
        if x[2] <= count
    ]
    made: Any = SimpleNamespace(
        path=path,
        about=SimpleNamespace(name="made up", classes=classes),
        intervals=found,
        frames=frames + 1,
        times=np.array(times),
        frame_seconds=times[-1] / (count - 1),
        score=frames / count,
        smoothed=frames / count / 2,
        threshold=0.25,
        probabilities=np.column_stack([shares, 1 - shares.sum(1)]),
        analyzed=frames < 0.75 * count,
        shots=(SimpleNamespace(first=0), SimpleNamespace(first=20)),
        notes=("a note",),
        quiet="",
    )
    return made  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """H.264 of two frame rates, under a name that addresses have to quote."""
    path = tmp_path_factory.mktemp("films") / "Über #1: 100%.mp4"
    options = {"bf": "2"}  # frames are stored in another order than they are shown
    pictures = numbered(FRAMES)
    return write_video(
        path, pictures, 1000, "libx264", ticks=TICKS, pixels="yuv420p", options=options
    )


def write_page(analysis: Analysis, folder: Path, *, video: bool = True) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / FILE
    file.write_text(page(analysis, playable(analysis, folder, folder) if video else None))
    return file


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    with open_browser() as browser:
        yield browser


def show(tab: Page, file: Path, width: int = 1300) -> None:
    tab.requests.clear()
    tab.complaints.clear()
    tab.look(width, 900)
    tab.open(file.as_uri())
    tab.wait_for("document.documentElement.dataset.ready")
    tab.wait_for("(document.querySelector('video')?.readyState ?? 4) >= 2")


def press(tab: Page, key: str, *, shift: bool = False, control: bool = False) -> list[Any]:
    """Where the page is after a key."""
    text = key if len(key) == 1 and not control else ""
    pressed = {"key": key, "text": text, "modifiers": 8 * shift + 2 * control}
    tab.call("Input.dispatchKeyEvent", type="keyDown", **pressed)
    tab.call("Input.dispatchKeyEvent", type="keyUp", key=key)
    place: list[Any] = tab.evaluate(PLACE)
    return place


@needs_browser
def test_every_step_shows_the_next_frame(tab: Page, clip: Path, tmp_path: Path) -> None:
    file = write_page(analysis_of(clip, np.array(TICKS) / 1000), tmp_path / "out")
    show(tab, file)
    assert not (tmp_path / "out" / "video.mp4").exists()  # the file itself is played
    assert tab.evaluate("document.querySelector('video').videoWidth") == 64
    for frame in (1, 2, 3, 2, 29, 30, 31, 32, 59, 60, 59):
        shown = tab.evaluate(f"{SHOWN}({frame})")
        assert shown == pytest.approx(TICKS[frame - 1] / 1000, abs=1e-3)
    assert press(tab, "ArrowRight")[0] == 60
    assert press(tab, "ArrowRight")[0] == 60
    assert press(tab, "ArrowLeft", control=True)[0] == 59
    assert press(tab, "ArrowLeft", shift=True)[0] == 19  # a second
    assert tab.complaints == []
    assert len(tab.requests) == 2
    assert tab.requests[1] == clip.as_uri().replace(":%20100", "%3A%20100")


@needs_browser
def test_intervals_are_reached_played_and_looped(tab: Page, clip: Path, tmp_path: Path) -> None:
    show(tab, write_page(analysis_of(clip, np.array(TICKS) / 1000), tmp_path))
    assert press(tab, "n")[:2] == [11, 0]
    assert press(tab, "n")[:2] == [31, 1]
    assert press(tab, "n")[:2] == [31, 1]
    assert press(tab, "p")[:2] == [11, 0]
    press(tab, "s")
    press(tab, "s")  # a quarter of the speed: a busy machine does not run past the offset
    assert press(tab, " ", shift=True)[2] is False
    tab.wait_for("PLAYER.media.paused")
    tab.wait_for("PLAYER.frame === 17")  # the offset
    press(tab, "l")
    time.sleep(2)
    frame, current, paused = tab.evaluate(PLACE)
    assert (current, paused) == (0, False)
    assert 11 <= frame <= 20
    assert press(tab, " ")[2] is True
    tab.evaluate("document.querySelector('[aria-label=\"Go to the apex of interval 2\"]').click()")
    assert tab.evaluate(PLACE) == [36, 1, True]
    marked = "[...document.querySelectorAll('tr[aria-current=true], .me.current')].length"
    assert tab.evaluate(marked) == 2
    assert tab.complaints == []


@needs_browser
def test_the_reading_follows_the_cursor_and_a_click(tab: Page, clip: Path, tmp_path: Path) -> None:
    show(tab, write_page(analysis_of(clip, np.array(TICKS) / 1000), tmp_path))
    tab.evaluate("PLAYER.go(13)")
    reading = tab.evaluate(READING)
    assert list(reading)[:5] == ["time", "frame", "score", "raw score", "interval"]
    assert list(reading.values())[:5] == ["0.48 s", "13", "0.10", "0.20", "negative"]
    assert list(reading.values())[5:] == ["0.20", "0.16", "0.64"]  # of the classes
    x, y = tab.evaluate(
        """(() => { const u = PLAYER.curves.plots[0], box = u.over.getBoundingClientRect();
        return [box.left + u.valToPos(50, 'x'), box.top + 20]; })()"""
    )
    tab.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    hovered = tab.evaluate(READING)
    assert (hovered["cursor"], hovered["frame"]) == ("1.56 s", "50")
    assert hovered["score"] == "not analyzed"
    assert tab.evaluate("PLAYER.frame") == 13
    for kind in ("mousePressed", "mouseReleased"):
        tab.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
    assert tab.evaluate("PLAYER.frame") == 50


@needs_browser
@pytest.mark.parametrize("width", [390, 1600])
def test_without_the_video_everything_else_is_there(
    tab: Page, clip: Path, tmp_path: Path, width: int
) -> None:
    file = write_page(analysis_of(clip, np.array(TICKS) / 1000), tmp_path, video=False)
    show(tab, file, width)
    assert "<video" not in file.read_text()
    assert "media-src" not in file.read_text()
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    assert press(tab, "n")[0] == 11
    press(tab, " ")
    tab.wait_for("PLAYER.frame > 14")
    tab.evaluate(LAST)
    tab.wait_for("PLAYER.media.paused")
    assert tab.requests == [file.as_uri()]
    assert tab.complaints == []


@needs_browser
def test_a_video_that_was_moved_is_missed(tab: Page, clip: Path, tmp_path: Path) -> None:
    file = tmp_path / FILE
    file.write_text(page(analysis_of(clip, np.array(TICKS) / 1000), "gone.mp4"))
    tab.look(1300, 900)
    tab.open(file.as_uri())
    tab.wait_for("document.documentElement.dataset.ready")
    tab.wait_for("!document.querySelector('.missing').hidden")
    assert press(tab, "n")[0] == 11
    press(tab, " ")
    tab.wait_for("PLAYER.frame > 14")


@needs_browser
def test_what_browsers_do_not_play_is_copied(tab: Page, tmp_path: Path) -> None:
    old = write_video(tmp_path / "old.avi", numbered(25, 65), 12.5, "mjpeg")  # odd sides
    show(tab, write_page(analysis_of(old, np.arange(25) / 12.5), tmp_path / "out"))
    assert tab.requests[1] == (tmp_path / "out" / "video.mp4").as_uri()
    for frame in (1, 12, 25):
        assert tab.evaluate(f"{SHOWN}({frame})") == pytest.approx((frame - 1) / 12.5, abs=1e-3)
    assert tab.complaints == []


def test_only_files_with_the_analyzed_times_are_played(clip: Path, tmp_path: Path) -> None:
    times = survey(clip).seconds
    assert plays(clip, times)
    assert not plays(clip, np.arange(FRAMES) / 30)  # as with another --fps
    assert not plays(clip, times[:-1])
    assert not plays(tmp_path, times)
    pictures = numbered(20)
    part4 = write_video(tmp_path / "part4.mp4", pictures, codec="mpeg4")
    assert not plays(part4, survey(part4).seconds)
    late = write_video(
        tmp_path / "late.mp4", pictures, codec="libx264", pixels="yuv420p", ticks=range(30, 50)
    )
    assert not plays(late, survey(late).seconds)
    vp9 = write_video(tmp_path / "vp9.webm", pictures, codec="libvpx-vp9", pixels="yuv420p")
    assert plays(vp9, survey(vp9).seconds)


def test_the_page_of_an_hour_is_small(clip: Path) -> None:
    analysis = analysis_of(clip, np.arange(108_000) / 30)
    noise = generator(0, "page").random((2, 108_000))
    analysis.score, analysis.smoothed = noise  # type: ignore[misc]
    assert len(page(analysis, None)) < 1_000_000
