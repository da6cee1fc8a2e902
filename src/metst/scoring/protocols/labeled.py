"""Candidates with their labels, and the predictions table they become."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from metst.datasets.labels.records import Recording
from metst.intervals.spotting import Candidates
from metst.samples.targets import CLASSES
from metst.scoring.metrics.intervals import Intervals

COLUMNS: tuple[str, ...] = (
    "protocol",
    "synergy",
    "subject",
    "video",
    "onset",
    "apex",
    "offset",
    "emotion",
    "score",
    *(f"p_{name}" for name in CLASSES),
)
"""Columns of the predictions table, frames in the data set's own numbers, both ends inclusive;
`score` is the height of the smoothed curve, `p_` the mean class probabilities."""

WHOLE = ("onset", "apex", "offset")
REAL = ("score", *(f"p_{name}" for name in CLASSES))


def predictions_table(rows: Sequence[Sequence[object]]) -> pd.DataFrame:
    """A table of rows in the order of `COLUMNS`, with the same types for any number of them."""
    text = [name for name in COLUMNS if name not in (*WHOLE, *REAL)]
    types = dict.fromkeys(WHOLE, "int64") | dict.fromkeys(REAL, "float64")
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(types | dict.fromkeys(text, "str"))


@dataclass(frozen=True)
class Labeled:
    """Candidates of several videos, each (N,), in sub-sampled frames.

    Attributes:
        found: video, peak and score.
        onset: first frame.
        offset: last frame.
        probabilities: (N, E+1) mean class probabilities.
        labels: strategy -> class (N,).
    """

    found: Candidates
    onset: Tensor
    offset: Tensor
    probabilities: Tensor
    labels: dict[str, Tensor]

    def intervals(self, strategy: str) -> Intervals:
        """The intervals with the labels of one strategy."""
        return Intervals(self.found.video, self.onset, self.offset, self.labels[strategy])

    def table(self, protocol: str, recordings: Sequence[Recording]) -> pd.DataFrame:
        """Rows in own frame numbers; the only transfer from the device."""
        columns = [self.found.video, self.onset, self.found.peak, self.offset]
        frames = torch.stack([*columns, *self.labels.values()], 1).tolist()
        values = torch.cat([self.found.score[:, None], self.probabilities], 1).tolist()
        rows: list[Sequence[object]] = []
        for index, strategy in enumerate(self.labels):
            for (video, *interval), scores in zip(frames, values, strict=True):
                of = recordings[video]
                numbers = [of.timebase.to_number(frame) for frame in interval[:3]]
                emotion = CLASSES[interval[3 + index]]
                rows.append((protocol, strategy, of.subject, of.video, *numbers, emotion, *scores))
        return predictions_table(rows)
