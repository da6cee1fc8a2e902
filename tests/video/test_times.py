"""When frames are shown, where frames are missing, and what stands for another frame rate."""

from pathlib import Path

import numpy as np
import pytest

from metst.base.errors import VideoError
from metst.video.times import gaps, is_constant, sampled, seconds_of

VIDEO = Path("x.mp4")


def test_the_same_rate_takes_every_frame_once() -> None:
    assert sampled(np.arange(90) / 29.97, 30).tolist() == list(range(90))


@pytest.mark.parametrize("rate", [12.0, 25.0, 60.0, 200.0])
def test_another_rate_takes_the_nearest_frame_of_each_instant(rate: float) -> None:
    seconds = np.arange(101) / rate
    chosen = sampled(seconds, 30)
    for place, frame in enumerate(chosen):
        away = np.abs(place / 30 - seconds)
        assert away[frame] == pytest.approx(min(away), abs=1e-9)
    assert len(chosen) == int(seconds[-1] * 30 + 1e-6) + 1


def test_a_variable_rate_goes_by_time_stamps() -> None:
    seconds = np.array([0.0, 0.1, 0.2, 0.3, 0.6, 0.7])  # two frames are missing
    assert sampled(seconds, 10).tolist() == [0, 1, 2, 3, 3, 4, 4, 5]


@pytest.mark.parametrize("pause", [7200.0, 1e15])
def test_nothing_stands_for_a_gap_however_long(pause: float) -> None:
    seconds = np.array([0.0, 0.125, 0.25, 0.375, pause, pause + 0.125])
    assert gaps(seconds).tolist() == [4]
    assert sampled(seconds, 8).tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_frames(count: int) -> None:
    assert sampled(np.arange(count) / 30, 30).tolist() == list(range(count))


def test_a_rate_that_falls_is_no_gap() -> None:
    """From 60 to 10 frames/s is six times the step, and yet no frame is missing."""
    seconds = np.concatenate([np.arange(60) / 60, 1 + np.arange(20) / 10])
    assert gaps(seconds).tolist() == []
    missing = np.delete(np.arange(100) / 60, range(30, 36))
    assert gaps(missing).tolist() == [30]


def test_more_than_half_a_second_is_always_a_gap() -> None:
    assert gaps(np.arange(4) * 100.0).tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("seconds", "constant"),
    [
        (np.arange(300) / 29.97, True),
        (np.round(np.arange(300) / 59.94, 3), True),  # milliseconds, as in Matroska
        (np.concatenate([np.arange(75) / 15, 5 + np.arange(75) / 30]), False),
        (np.concatenate([np.arange(75) / 30, 2.5 + np.arange(75) / 15]), False),
        (np.delete(np.arange(100) / 30, 50), False),
    ],
)
def test_whether_a_rate_is_constant(seconds: np.ndarray, constant: bool) -> None:
    assert is_constant(seconds) == constant


@pytest.mark.parametrize(
    ("ticks", "expected"),
    [
        ([7, 8, 9, 10], [0, 1, 2, 3]),  # begins later than at 0
        ([0, 3, 2, 4, 1, 5], [0, 1, 2, 3, 4, 5]),  # in decoding order
        ([*range(20), 19, 21, 22], [*range(20), 20, 21, 22]),  # one twice
        ([*range(20), None, 21, 22], range(23)),  # one missing
        ([None, *range(1, 20)], range(20)),  # the first one missing
        ([*range(20), 5], range(21)),  # the last one is wrong
    ],
)
def test_time_stamps_are_put_right(ticks: list[int | None], expected: list[int]) -> None:
    stamps = [None if tick is None else tick / 10 for tick in ticks]
    seconds, notes = seconds_of(VIDEO, stamps, rate=99)
    assert seconds == pytest.approx(np.array(expected) / 10)
    repaired = None in ticks or ticks in ([*range(20), 19, 21, 22], [*range(20), 5])
    assert len(notes) == repaired


@pytest.mark.parametrize("stamps", [[None] * 30, [0.0] * 30, [i / 10 for i in range(15)] * 2])
def test_without_usable_time_stamps_the_rate_decides(stamps: list[float | None]) -> None:
    seconds, notes = seconds_of(VIDEO, stamps, rate=25)
    assert seconds == pytest.approx(np.arange(30) / 25)
    assert "1/25 s (--fps" in notes[0]
    with pytest.raises(VideoError, match="give --fps"):
        seconds_of(VIDEO, stamps, rate=0)
