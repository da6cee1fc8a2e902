"""Curves of a fold, from what its folder keeps."""

from pathlib import Path

import numpy as np
import pandas as pd
from safetensors.torch import load_file

from metst.features.windows import window_starts
from metst.report.curves import fold_timelines
from metst.results.annotations import read_annotations
from metst.results.ledger import RunFolder
from metst.results.outputs import read_outputs
from metst.results.tables import read_predictions

K = 10


def test_curves_are_the_mean_of_the_windows_and_peaks_are_predictions(made_up: Path) -> None:
    """Held against a frame-by-frame mean, and against the heights in the predictions table."""
    run = RunFolder(made_up)
    recordings = read_annotations(run.annotations)
    table = read_predictions(run.predictions)
    table = table[(table["protocol"] == "strict") & (table["synergy"] == "none")]
    fold = run.fold("sp1")
    timelines = list(fold_timelines(read_outputs(fold), "sp1", recordings, table, peak=0.55))
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
