"""Live curves are those of the whole video; events follow the causal rule."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from scipy.special import softmax

from metst.cli import main
from metst.datasets.labels.records import Recording, Timebase
from metst.features.followed_face import FollowedFace
from metst.features.roi_flow import Method, roi_set
from metst.intervals.stitching import Curves
from metst.predict import analyze, analyze_with, load_model
from metst.predict.events import Event, spotter
from metst.predict.live import Live, Moment
from metst.predict.model import About, Model
from metst.predict.streaming import Totals, Update, stream
from metst.systems.me_tst.network import METST
from metst.systems.me_tst_plus import SlowFast
from metst.video import ArrayFrames, Frame, read_grey
from metst.video.clip import frames_of
from metst.video.detectors import DEFAULT, face_detector
from metst.video.face import Landmarks
from metst.video.player import Pace, Player
from tests.support.videos import images, numbered, write_video

ABOUT = About("test", fps=30.0, k=10, k_p=2)


@pytest.mark.slow
def test_live_curves_equal_those_of_the_whole_video(tiny_root: Path, tiny_runs: Path) -> None:
    folder = tiny_root / "data" / "spNO.2" / "a" / "color"
    model = load_model(tiny_runs / "demo")
    whole = analyze(folder, tiny_runs / "demo")
    live = Live(model, FollowedFace())
    files = sorted(folder.glob("*.jpg"), key=lambda file: int(file.stem))
    moments = [m for file in files for m in live.push(read_grey(file))]
    assert [m.frame for m in moments] == list(range(len(files) - METST.delay))
    regular = len(files) - model.about.k // 2  # beyond, a window that never ended has a part
    for got, expected in (
        ([m.score for m in moments], whole.score),
        (softmax([m.logits for m in moments], axis=1), whole.probabilities),
    ):
        assert np.allclose(got[:regular], expected[:regular], atol=1e-5)


def test_a_window_of_the_successors_begins_with_its_first_face(
    tiny_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = sorted((tiny_root / "data/spNO.1/a/color").glob("*.jpg"), key=lambda x: int(x.stem))
    frames = np.stack([read_grey(file) for file in files[:40]])
    hidden = frames[:3].copy()

    class Late(FollowedFace):
        def detect(self, grey: Frame) -> Landmarks | None:
            shown = not any(np.array_equal(grey, frame) for frame in hidden)
            return super().detect(grey) if shown else None

    monkeypatch.setattr("metst.predict.analyzing.FollowedFace", Late)
    torch.manual_seed(0)
    network = SlowFast(width=8, stages=1, depth=1, state=2, pathways="single").eval()
    about = About("test", fps=30.0, k=20, k_p=2, rois=roi_set("me_tst_plus"), rule="raw")
    model = Model(about, (network,))
    whole = analyze_with(model, ArrayFrames(frames), fps=30.0)
    assert whole.analyzed.tolist() == [False] * 3 + [True] * 37
    live = Live(model, Late(face_detector(about.detector)))
    moments = [m for frame in frames for m in live.push(frame)][:30]
    assert [m.seen for m in moments] == whole.analyzed[:30].tolist()
    assert np.allclose([m.score for m in moments], whole.score[:30], atol=1e-5)


def test_landmarks_are_smoothed_over_frames_to_come(tiny_root: Path) -> None:
    files = sorted((tiny_root / "data/spNO.1/a/color").glob("*.jpg"), key=lambda x: int(x.stem))
    frames = np.stack([read_grey(file) for file in files[:40]])
    torch.manual_seed(0)
    network = METST(width=8, depth=1, state=4).eval()
    method = Method(alignment="subpixel", smooth=2)
    about = About("test", fps=30.0, k=20, k_p=2, method=method, detector=DEFAULT)
    model = Model(about, (network,))
    whole = analyze_with(model, ArrayFrames(frames), fps=30.0)
    live = Live(model, FollowedFace(face_detector(DEFAULT)))
    moments = [m for frame in frames for m in live.push(frame)]
    assert len(moments) == 40 - METST.delay - method.smooth
    moments += live.finish()
    assert [m.frame for m in moments] == list(range(40))
    assert np.allclose([m.score for m in moments][:30], whole.score[:30], atol=1e-5)
    without = replace(about, method=replace(method, smooth=0))
    unsmoothed = analyze_with(Model(without, (network,)), ArrayFrames(frames), fps=30.0)
    assert not np.allclose(unsmoothed.score, whole.score, atol=1e-5)


def test_an_event_that_recognition_calls_neutral_is_none() -> None:
    about = replace(ABOUT, rule="raw", synergy="recognition_first")
    scores = bump(30, 0.9).tolist()
    assert events_of(scores, about=about, logits=[-2.0, -1.0, -2.0, -2.0, -3.0]) == []
    ((_, event),) = events_of(scores, about=about, logits=[-2.0, 0.1, -2.0, -2.0, 3.0])
    assert event.emotion == "positive"


def test_a_dropped_frame_moves_nothing_and_costs_nothing() -> None:
    torch.manual_seed(0)
    network = METST(width=8, depth=1, state=4).eval()
    live = Live(Model(ABOUT, (network,)), FollowedFace())
    moments = [m for _ in range(30) for m in live.push(None)]
    assert [m.frame for m in moments] == list(range(28))
    assert not any(m.seen for m in moments)


def test_a_window_whose_first_frame_was_dropped_begins_with_the_next(tiny_root: Path) -> None:
    torch.manual_seed(0)
    network = METST(width=8, depth=1, state=4).eval()
    files = sorted((tiny_root / "data" / "spNO.1" / "a" / "color").glob("*.jpg"))[:10]
    live = Live(Model(ABOUT, (network,)), FollowedFace())
    frames = [None, *(read_grey(file) for file in files)]
    moments = [m for frame in frames for m in live.push(frame)]
    assert moments[-1].seen


@pytest.mark.slow
def test_a_cut_parts_the_stream_as_it_parts_the_video(
    tiny_root: Path, tiny_runs: Path, tmp_path: Path
) -> None:
    root = tiny_root / "data"
    first = images(root / "spNO.1" / "a" / "color")[:105]
    second = [p // 2 + 90 for p in images(root / "spNO.2" / "b" / "color")[:75]]
    path = write_video(tmp_path / "two.avi", [*first, *second], codec="mjpeg")
    whole = analyze(path, tiny_runs / "demo")
    assert [shot.first for shot in whole.shots] == [0, 105]
    live = Live(load_model(tiny_runs / "demo"), FollowedFace())
    moments = [m for _, frame in frames_of(path) for m in live.push(frame)]
    assert [m.frame for m in moments] == list(range(len(first) + len(second) - METST.delay))
    assert [m.frame for m in moments if m.begins] == [0, 105]
    got = np.array([m.score for m in moments])
    assert np.allclose(got[:50], whole.score[:50], atol=1e-5)
    assert np.allclose(got[105:155], whole.score[105:155], atol=1e-5)


def test_nothing_is_smoothed_across_a_cut() -> None:
    scores = bump(30, 0.9)
    spots = spotter(ABOUT)
    reported = [
        spots.push(Moment(frame, score, np.zeros(5), True, begins=frame in (0, 31)))
        for frame, score in enumerate(scores.tolist())
    ]
    assert not any(reported)


def events_of(
    scores: list[float],
    seen: bool = True,
    about: About = ABOUT,
    logits: Sequence[float] = (-2.0, -1.0, -2.0, -2.0, 3.0),
) -> list[tuple[int, Event]]:
    """Events with the frame at which each was reported."""
    spots = spotter(about)
    moments = [Moment(i, score, np.array(logits), seen) for i, score in enumerate(scores)]
    reported = [(m.frame, event) for m in moments for event in spots.push(m)]
    return reported + [(len(scores), event) for event in spots.finish()]


def bump(center: int, height: float, length: int = 60) -> np.ndarray:
    return height * np.exp(-((np.arange(length) - center) ** 2) / 8)


def test_an_event_is_told_when_it_is_certain() -> None:
    ((frame, event),) = events_of(bump(30, 0.9).tolist())
    assert (event.onset, event.apex, event.offset) == (28, 30, 32)
    assert frame == 30 + 2 * ABOUT.k_p
    assert event.emotion == "positive"  # the most probable emotion; neutral is none
    assert event.score >= event.threshold


def test_the_flutter_of_a_quiet_video_is_no_event() -> None:
    about = replace(ABOUT, floor=0.3)
    smoothed = np.exp(-(np.arange(-2, 3) ** 2) / 8).mean()  # at the top of a bump of height 1
    assert events_of(bump(30, 0.29 / smoothed).tolist(), about=about) == []
    ((_, event),) = events_of(bump(30, 0.31 / smoothed).tolist(), about=about)
    assert (event.score, event.threshold) == (pytest.approx(0.31), 0.3)
    assert events_of(bump(30, 0.03).tolist(), about=about) == []
    assert len(events_of(bump(30, 0.03).tolist())) == 1  # nothing is known but this video


@pytest.mark.slow
def test_a_still_picture_has_no_event_and_no_find(tiny_root: Path, tmp_path: Path) -> None:
    picture = images(tiny_root / "data" / "spNO.1" / "a" / "color")[0]
    path = write_video(tmp_path / "still.avi", [picture] * 150, codec="mjpeg")
    found = analyze(path)
    assert found.intervals == ()
    assert found.quiet.startswith("probably nothing: the highest score is 0.0")
    model = load_model()
    live, spots = Live(model, FollowedFace()), spotter(model.about)
    moments = [m for _, frame in frames_of(path) for m in live.push(frame)]
    assert any(m.seen for m in moments)
    assert [e for m in moments for e in spots.push(m)] == []
    assert len(analyze(path, floor=0).intervals) > 0


def test_what_stands_out_is_the_same_live_as_afterwards() -> None:
    about = replace(ABOUT, contrast=0.2)
    scores = bump(20, 0.9) + bump(45, 0.5) + bump(57, 0.7)  # the last ends with the stream
    reported = events_of(scores.tolist(), about=about)
    curves = Curves(torch.from_numpy(scores)[None], torch.zeros(1, 60, 5), torch.tensor([60]))
    recordings = [Recording("1", "a", 60, Timebase(30.0), ())]
    found = about.decoder.propose(curves, recordings, about.k_p)
    columns = found.onset, found.apex, found.offset
    whole = list(zip(*(column.tolist() for column in columns), strict=True))
    assert [(x.onset, x.apex, x.offset) for _, x in reported] == whole
    assert [x.apex for _, x in reported] == [20, 45, 57]
    assert all(event.threshold == 0.2 and event.emotion == "positive" for _, event in reported)
    assert [frame for frame, _ in reported][-1] == len(scores)
    assert len(events_of(scores.tolist(), about=replace(about, floor=0.5))) == 1


def test_what_stands_out_ends_with_its_shot() -> None:
    spots = spotter(replace(ABOUT, contrast=0.2))
    scores = [*bump(20, 0.9)[:25], *bump(20, 0.9)]
    found = [
        (frame, event.apex)
        for frame, score in enumerate(scores)
        for event in spots.push(Moment(frame, score, np.ones(5), True, begins=frame in (0, 25)))
    ]
    assert found == [(25, 20), (56, 45)]
    assert spots.since > 45


def test_after_a_high_peak_a_low_one_is_no_event() -> None:
    scores = bump(20, 0.9) + bump(45, 0.4)
    assert [event.apex for _, event in events_of(scores.tolist())] == [20]


def test_without_a_face_there_is_no_event() -> None:
    assert events_of(bump(30, 0.9).tolist(), seen=False) == []


def test_a_file_is_played_at_its_speed_and_drops_are_counted(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.avi", numbered(30), fps=30, codec="mjpeg")
    player, start = Player(path, 30.0), time.monotonic()
    frames = [time.sleep(0.2) or arrival.frame for arrival in player.arrivals()]
    assert time.monotonic() - start > 29 / 30
    assert player.dropped > 0
    assert len(frames) + player.dropped == 30


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        ([5.0, 5.1, 5.3], [0, 0.1, 0.3]),  # begins later than at 0
        ([0.0, 0.1, 7200.0, 7200.3], [0, 0.1, 0.2, 0.5]),  # nobody waits for two hours
        ([90.0, 90.1, 0.0, 0.1], [0, 0.1, 0.2, 0.3]),  # the clock was set
        ([0.0, 0.3, 0.2, 0.1, 0.4], [0, 0.3, 0.3, 0.3, 0.4]),  # in decoding order
        ([None, None, None], [0, 0.1, 0.2]),
    ],
)
def test_a_file_is_played_at_its_pace(stamps: list[float | None], expected: list[float]) -> None:
    pace = Pace()
    assert [pace.at(stamp, rate=10) for stamp in stamps] == pytest.approx(expected)


@pytest.mark.slow
def test_a_stream_tells_every_frame_in_time(tiny_root: Path, tmp_path: Path) -> None:
    pictures = [
        cv2.resize(p, (160, 160)) for p in images(tiny_root / "data" / "spNO.1" / "a" / "color")
    ]
    path = write_video(tmp_path / "a.avi", pictures[:60], fps=30, codec="mjpeg")
    totals = Totals()
    updates = list(stream(load_model(), path, totals))
    moments = [x for x in updates if isinstance(x, Update)]
    assert [x.moment.frame for x in moments] == list(range(totals.frames))
    assert totals.frames == totals.arrived == 60
    assert sum(x.repeated for x in moments) <= totals.repeated
    assert totals.repeated <= totals.dropped
    assert all(x.delay > 0 for x in updates)
    assert totals.sustained > 0


def test_the_verb_prints_what_it_sees(
    tiny_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = images(tiny_root / "data" / "spNO.1" / "a" / "color")[:45]
    path = write_video(tmp_path / "a.avi", pictures, fps=30, codec="mjpeg")
    assert main(["stream", str(path), "--every=0.5"]) == 0
    printed = capsys.readouterr().out
    assert "not for research" in printed
    assert "0.00 s  score 0." in printed
    assert "45 frames came in" in printed


@pytest.mark.parametrize("words", [[], ["a.mp4", "--camera=0"]])
def test_one_source_is_needed(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stream", *words]) == 2
    assert "one of both" in capsys.readouterr().err
