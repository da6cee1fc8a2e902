"""The curves of a fold, from what a run keeps: window outputs and flow windows."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
from torch import Tensor

from metst.datasets.labels import Recording
from metst.features.windows import window_starts
from metst.intervals.stitching import Curves, Outputs
from metst.report.timeline import Timeline
from metst.scoring.protocols import Protocol, get_protocol


def timelines(
    protocol: Protocol,
    curves: Curves,
    recordings: Sequence[Recording],
    k_p: int,
    predictions: pd.DataFrame,
) -> Iterator[Timeline]:
    """What is drawn of each video.

    Args:
        protocol: whose smoothing and threshold are drawn.
        curves: of the videos in `recordings`, in the same order.
        recordings: of one subject.
        k_p: half the mean ME length, in sub-sampled frames.
        predictions: rows of one protocol and strategy; those of other subjects are passed over.
    """
    smoothed, thresholds = protocol.spotting_curve(curves, k_p)
    probabilities = curves.logits.softmax(dim=-1).cpu().numpy()  # (V, L, E + 1)
    score, smooth = curves.score.cpu().numpy(), smoothed.values.cpu().numpy()  # (V, L) each
    for i, recording in enumerate(recordings):
        length = int(curves.lengths[i])
        chosen = (predictions["subject"] == recording.subject) & (
            predictions["video"] == recording.video
        )
        yield Timeline(
            recording,
            score[i, :length],
            smooth[i, :length],
            float(thresholds[i]),
            probabilities[i, :length],
            predictions[chosen],
        )


def fold_timelines(
    tensors: Mapping[str, Tensor],
    subject: str,
    recordings: Sequence[Recording],
    predictions: pd.DataFrame,
    peak: float,
) -> Iterator[Timeline]:
    """What is drawn of a fold's videos under the `strict` rules.

    Args:
        tensors: the fold's outputs, see `metst.results.outputs.read_outputs`.
        subject: that the fold leaves out.
        recordings: of the data set; k_p follows from those of other subjects.
        predictions: of one strategy under the `strict` rules.
        peak: where the peak threshold lies between mean and maximum of the smoothed score.

    Raises:
        ConfigError: the outputs do not fit the recordings.
    """
    k = tensors["score"].shape[1]
    tested = tuple(r for r in recordings if r.subject == subject)
    windows = tuple(len(window_starts(r.frames, k, tail=True)) for r in tested)
    # The batch size matters to the authors' stitching alone.
    protocol = get_protocol("strict", k=k, batch_size=1, peak=peak)
    stitched = protocol.curves(Outputs(tensors["score"], tensors["logits"], windows, tested, k))
    k_p = protocol.half_length(recordings, subject)
    return timelines(protocol, stitched, tested, k_p, predictions)
