"""Timelines: a picture for every kind of video, also one without anything in it."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from PIL import Image

from metst.datasets.labels import EMOTIONS, Expression, Recording, Timebase
from metst.report import Timeline, save_timeline
from metst.report.timeline import draw_timeline, emotion_colors

ROWS = pd.DataFrame([{"onset": 30, "offset": 44, "emotion": "surprise"}])
FOUND = (
    Expression("006", "006_1", 29, 36, 43, emotion="surprise"),
    Expression("006", "006_1", 60, None, 70, emotion=None, label="contempt"),
    Expression("006", "006_1", 80, 85, 99, kind="macro"),
    Expression("006", "006_1", 50, None, 55, kind="blink"),
)


def timeline(frames: int, timebase: Timebase, predictions: pd.DataFrame) -> Timeline:
    score = np.linspace(0, 1, frames)
    recording = Recording("006", "006_1", frames, timebase, FOUND)
    return Timeline(
        recording, score, score / 2, 0.3, np.full((frames, 5), 0.2), predictions, EMOTIONS
    )


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB")).reshape(-1, 3)


@pytest.mark.parametrize("timebase", [Timebase(30.0), Timebase(200.0, skip=7)])
@pytest.mark.parametrize("predictions", [ROWS, ROWS.head(0)], ids=["some", "none"])
def test_a_picture_comes_of_any_video(
    timebase: Timebase, predictions: pd.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "a" / "b.png"
    save_timeline(timeline(120, timebase, predictions), path)
    assert len(np.unique(pixels(path), axis=0)) > 20


def test_predicted_intervals_are_drawn_in_their_color(tmp_path: Path) -> None:
    """#0072B2 is the color of surprise; without any surprise there is only its curve."""
    blue = np.array([0x00, 0x72, 0xB2])
    with_it, without = tmp_path / "with.png", tmp_path / "without.png"
    full = timeline(120, Timebase(30.0), ROWS)
    save_timeline(full, with_it)
    save_timeline(replace(full, predictions=ROWS.head(0)), without)
    amount = [int((pixels(p) == blue).all(axis=1).sum()) for p in (with_it, without)]
    assert amount[0] > amount[1] + 1000


@pytest.mark.parametrize(("label", "text"), [("contempt", "?co"), ("", "?")])
def test_an_emotion_without_a_class_is_drawn_as_unknown(label: str, text: str) -> None:
    unknown = replace(FOUND[1], label=label)
    known = timeline(120, Timebase(30.0), ROWS)
    drawn = replace(known, recording=replace(known.recording, expressions=(unknown,)))
    score, _, lanes = draw_timeline(drawn).axes[:3]
    shown = {t.get_text(): p for t, p in zip(lanes.texts, lanes.patches, strict=True)}
    assert list(shown) == [text, "sur"]
    colors = {to_hex(p.get_facecolor()).upper() for p in (shown[text], *score.patches)}
    assert len(colors) == 1  # the same in both
    assert not colors & set(emotion_colors(EMOTIONS).values())


def test_names_of_neighbors_do_not_run_together() -> None:
    """Bars of 15 of 900 frames are 1.7 mm wide: a name of three letters fits turned only."""
    rows = pd.DataFrame(
        [{"onset": on, "offset": on + 14, "emotion": "negative"} for on in range(100, 190, 15)]
    )
    figure = draw_timeline(timeline(900, Timebase(30.0), rows))
    figure.draw_without_rendering()
    names = [text for text in figure.axes[2].texts if text.get_text() == "neg"]
    boxes = [name.get_window_extent() for name in names]
    assert len(names) == 6
    assert not any(a.overlaps(b) for a, b in pairwise(boxes))


@pytest.mark.parametrize("video", ["$a_b$", "a\nb", "\udcb2", "采访"])
def test_a_picture_comes_of_any_name(
    video: str, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    full = timeline(120, Timebase(30.0), ROWS)
    named = replace(full, recording=replace(full.recording, video=video))
    save_timeline(named, tmp_path / "x.png")
    assert len(np.unique(pixels(tmp_path / "x.png"), axis=0)) > 20
    assert not list(recwarn)


@pytest.mark.filterwarnings("error")
def test_intervals_far_beyond_the_end_take_no_room(tmp_path: Path) -> None:
    beyond = tuple(replace(e, onset=e.onset + 9000, offset=e.offset + 9000) for e in FOUND)
    made = timeline(120, Timebase(30.0), ROWS.assign(onset=9000, offset=9040))
    made = replace(made, recording=replace(made.recording, expressions=beyond))
    save_timeline(made, tmp_path / "a.png")
    save_timeline(timeline(120, Timebase(30.0), ROWS), tmp_path / "b.png")
    assert (pixels(tmp_path / "a.png")).shape == (pixels(tmp_path / "b.png")).shape
