import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metst.base.errors import ConfigError
from metst.features.windows import cut, window_starts

LENGTHS = st.integers(0, 400)
HALVES = st.integers(1, 30)


@given(LENGTHS, HALVES)
def test_regular_windows_lie_half_a_window_apart(frames: int, half: int) -> None:
    starts = window_starts(frames, 2 * half, tail=False).tolist()
    expected = []
    start = 0
    while start + 2 * half <= frames // half * half:
        expected.append(start)
        start += half
    assert starts == expected


@given(LENGTHS, HALVES)
def test_with_the_tail_every_frame_is_seen(frames: int, half: int) -> None:
    k = 2 * half
    starts = window_starts(frames, k, tail=True)
    seen = {frame for start in starts for frame in range(start, start + k)}
    assert seen == (set(range(frames)) if frames >= k else set())


@given(LENGTHS, HALVES)
def test_only_the_tail_starts_off_the_grid(frames: int, half: int) -> None:
    regular = window_starts(frames, 2 * half, tail=False).tolist()
    starts = window_starts(frames, 2 * half, tail=True).tolist()
    assert [s for s in starts if s % half == 0] == regular
    assert len(starts) - len(regular) == int(frames >= 2 * half and frames % half != 0)


@pytest.mark.parametrize("k", [-2, 0, 1, 7])
def test_an_odd_or_empty_window_is_refused(k: int) -> None:
    with pytest.raises(ConfigError, match="even"):
        window_starts(100, k, tail=False)


def test_cut_gives_the_frames_of_each_window() -> None:
    sequence = np.arange(23)
    windows = cut(sequence, window_starts(23, 6, tail=True), 6)
    assert [w.tolist() for w in windows[:2]] == [[0, 1, 2, 3, 4, 5], [3, 4, 5, 6, 7, 8]]
    assert windows[-1].tolist() == [17, 18, 19, 20, 21, 22]


def test_cut_of_nothing_has_the_shape_of_windows() -> None:
    assert cut(np.arange(3.0), window_starts(3, 6, tail=True), 6).shape == (0, 6)
