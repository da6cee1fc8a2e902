"""Curves of a fold, from what its folder keeps."""

from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from metst.loso.ledger import RunFolder
from metst.report.curves import chain, fold_timelines
from metst.results import read_annotations, read_predictions
from metst.windows import window_starts

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


def test_curves_are_the_mean_of_the_windows_and_peaks_are_predictions(made_up: Path) -> None:
    """Held against a frame-by-frame mean, and against the heights in the predictions table."""
    run = RunFolder(made_up)
    recordings = read_annotations(run.annotations)
    table = read_predictions(run.predictions)
    table = table[(table["protocol"] == "strict") & (table["synergy"] == "none")]
    fold = run.fold("sp1")
    timelines = list(fold_timelines(fold.outputs, "sp1", recordings, table, peak=0.55))
    assert [t.recording.video for t in timelines] == ["v0", "v1"]

    score = load_file(fold.outputs)["score"].double().numpy()  # (N, k)
    first = timelines[0]
    frames, k = first.recording.frames, score.shape[1]
    starts = window_starts(frames, k, tail=True)
    for frame in (0, 24, 25, 451, frames - 1):
        seen = [score[i, frame - s] for i, s in enumerate(starts) if s <= frame < s + k]
        assert abs(first.score[frame] - np.mean(seen)) < 1e-6
    np.testing.assert_allclose(first.probabilities.sum(axis=1), 1)
    for timeline in timelines:
        _peaks_reach_the_threshold(timeline.smoothed, timeline.threshold, timeline.predictions)


def _peaks_reach_the_threshold(
    smoothed: np.ndarray, threshold: float, predictions: pd.DataFrame
) -> None:
    assert len(predictions)
    heights = smoothed[predictions["apex"].to_numpy() - 1]  # the first frame has number 1
    np.testing.assert_allclose(heights, predictions["score"], atol=1e-6)
    assert (heights >= threshold - 1e-9).all()
