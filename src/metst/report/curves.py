"""What is drawn of the videos of a fold."""

from collections.abc import Iterator, Sequence

import pandas as pd

from metst.datasets.labels import Recording
from metst.intervals.proposals import FrameCurves
from metst.report.timeline import Timeline


def timelines(
    curves: FrameCurves,
    recordings: Sequence[Recording],
    predictions: pd.DataFrame,
    emotions: tuple[str, ...],
) -> Iterator[Timeline]:
    """What is drawn of each video.

    Args:
        curves: of the videos in `recordings`, in the same order.
        recordings: of one subject.
        predictions: rows of one variant; those of other subjects are passed over.
        emotions: names of the classes, without neutral.
    """
    shares = curves.probabilities
    probabilities = None if shares is None else shares.double().cpu().numpy()  # (V, L, E + 1)
    score, smoothed = (x.double().cpu().numpy() for x in (curves.score, curves.smoothed))  # (V, L)
    for i, recording in enumerate(recordings):
        length = int(curves.lengths[i])
        chosen = (predictions["subject"] == recording.subject) & (
            predictions["video"] == recording.video
        )
        yield Timeline(
            recording,
            score[i, :length],
            smoothed[i, :length],
            float(curves.threshold[i]),
            None if probabilities is None else probabilities[i, :length],
            predictions[chosen],
            emotions,
        )
