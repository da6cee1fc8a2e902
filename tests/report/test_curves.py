"""Curves of a fold, from what its folder keeps."""

from pathlib import Path

import numpy as np
import pandas as pd
from safetensors.torch import load_file

from metst.datasets.labels import EMOTIONS
from metst.features.windows import window_starts
from metst.report.curves import timelines
from metst.results.run import open_run

K = 10


def test_curves_are_the_mean_of_the_windows_and_peaks_are_predictions(made_up: Path) -> None:
    """Compared with a frame-by-frame mean, and with the heights in the predictions table."""
    run = open_run(made_up, results=True)
    tested = [r for r in run.recordings if r.subject == "sp1"]
    table = run.predictions[run.predictions["variant"] == "strict/none"]
    fold = run.fold("sp1")
    assert fold.curves is not None
    drawn = list(timelines(fold.curves, tested, table, EMOTIONS))
    assert [t.recording.video for t in drawn] == ["v0", "v1"]

    score = load_file(fold.folder.outputs)["score"].double().numpy()  # (N, k)
    first = drawn[0]
    frames, k = first.recording.frames, score.shape[1]
    starts = window_starts(frames, k, tail=True)
    for frame in (0, 24, 25, 451, frames - 1):
        seen = [score[i, frame - s] for i, s in enumerate(starts) if s <= frame < s + k]
        assert abs(first.score[frame] - np.mean(seen)) < 1e-6
    assert first.probabilities is not None
    np.testing.assert_allclose(first.probabilities.sum(axis=1), 1, atol=1e-6)
    for timeline in drawn:
        _peaks_reach_the_threshold(timeline.smoothed, timeline.threshold, timeline.predictions)


def _peaks_reach_the_threshold(
    smoothed: np.ndarray, threshold: float, predictions: pd.DataFrame
) -> None:
    assert len(predictions)
    heights = smoothed[predictions["apex"].to_numpy() - 1]  # the first frame has number 1
    np.testing.assert_allclose(heights, predictions["score"], atol=1e-6)
    assert (heights >= threshold - 1e-6).all()
