"""Whole videos from windows."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from metst.features.windows import window_starts
from metst.samples.whole import chain, whole_flow

K = 10


@given(st.integers(K, 60), st.integers(0, 2**32 - 1))
def test_chained_windows_give_the_movement_they_were_cut_from(frames: int, seed: int) -> None:
    """Each window lacks its own beginning; chained, only that of the video is lacking."""
    track = np.random.default_rng(seed).normal(size=(3, frames)).cumsum(axis=1)
    starts = window_starts(frames, K, tail=True)
    windows = np.stack([track[:, s : s + K] - track[:, s : s + 1] for s in starts])
    chained = chain(windows.astype(np.float32), starts, frames)
    np.testing.assert_allclose(chained, track - track[:, :1], atol=1e-3)


def test_frames_that_no_window_sees_keep_the_last_value() -> None:
    windows = np.arange(K, dtype=np.float32)[None, None]  # (1, 1, K)
    chained = chain(windows, np.array([0]), K + 3)
    assert chained.tolist() == [[*range(K), *[K - 1] * 3]]


def test_a_video_without_windows_stays_at_rest() -> None:
    assert not chain(np.zeros((0, 2, K), np.float32), np.zeros(0, np.int64), 7).any()


@given(st.floats(-0.05, 0.05), st.integers(40, 90))
def test_a_whole_video_keeps_what_is_short_and_loses_the_drift(drift: float, apex: int) -> None:
    """A movement of a third of a window on a head that wanders off."""
    frames = 130
    time = np.arange(frames)
    short = np.exp(-(((time - apex) / 1.5) ** 2))
    track = np.stack([drift * time + short, drift * time])  # (2, T)
    starts = window_starts(frames, K, tail=True)
    windows = np.stack([track[:, s : s + K] - track[:, s : s + 1] for s in starts])
    moving, still = whole_flow(windows.astype(np.float32), starts, frames)
    inside = slice(K, -K)
    assert abs(still[inside]).max() <= abs(drift) + 1e-3  # half a frame of an even mean
    assert int((moving - still)[inside].argmax()) + K == apex
    assert (moving - still).max() > 0.5
