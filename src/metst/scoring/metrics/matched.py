"""Predicted intervals compared with annotated ones.

Shapes: P predicted and G annotated intervals, E emotions.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from metst.intervals.interval import Intervals, overlap
from metst.scoring.metrics.counts import Counts
from metst.scoring.settings import IOU

Matching = Callable[[Tensor, float], Tensor]
"""(overlaps (P, G), least overlap) -> owner (G,), see `metst.scoring.metrics.matching`."""


@dataclass(frozen=True)
class Matched:
    """Who found what.

    Attributes:
        predicted: P intervals.
        annotated: G intervals; a label outside the emotions counts for spotting only.
        owner: (G,) prediction that finds each annotated interval, -1 for none.
        kept: (P,) predictions that were not withdrawn.
        emotions: number of emotion classes.
    """

    predicted: Intervals
    annotated: Intervals
    owner: Tensor
    kept: Tensor
    emotions: int

    @property
    def found(self) -> Tensor:
        """(G,) whether an annotated interval is found by a prediction that was not withdrawn."""
        if not len(self.predicted):
            return self.owner >= 0
        return (self.owner >= 0) & self.kept[self.owner.clamp(min=0)]

    @property
    def false(self) -> Tensor:
        """(P,) predictions that find nothing and were not withdrawn."""
        finders = self.owner[self.found]
        return self.kept & ~torch.zeros_like(self.kept).index_fill(0, finders, value=True)

    def counts(self) -> Counts:
        """TP, FP, FN, and the confusion of the found ones' emotions."""
        emotions = self.emotions
        found, labels = self.found, self.annotated.label
        known = (labels >= 0) & (labels < emotions)
        judged = found & known
        given = self.predicted.label[self.owner[judged]]
        given = torch.where((given < 0) | (given > emotions), emotions, given)  # not recognized
        cells = labels[judged] * (emotions + 1) + given
        confusion = torch.bincount(cells, minlength=emotions * (emotions + 1))
        return Counts(
            tp=found.sum(),
            fp=self.false.sum(),
            fn=(~found).sum(),
            confusion=confusion.reshape(emotions, emotions + 1),
            annotated=torch.bincount(labels[known], minlength=emotions),
        )


def judge(
    predicted: Intervals,
    annotated: Intervals,
    match: Matching,
    *,
    emotions: int,
    iou: float = IOU,
    withdraws: bool = False,
    withdraw_first: bool = True,
) -> Matched:
    """Match predictions with annotations, on their device.

    Args:
        predicted: candidates, neutral ones included.
        annotated: MEs of the same videos.
        match: the matching rule.
        iou: least overlap of a find.
        withdraws: whether candidates labeled neutral are withdrawn.
        withdraw_first: before the matching, else after it; then an ME that was matched with a
            withdrawn candidate is missed.
        emotions: number of emotion classes; a candidate with this label is neutral.
    """
    kept = (predicted.label != emotions) | (not withdraws)
    overlaps = overlap(predicted, annotated)  # (P, G)
    if withdraw_first:
        overlaps = torch.where(kept[:, None], overlaps, 0.0)
    return Matched(predicted, annotated, match(overlaps, iou), kept, emotions)
