"""The scores as a torchmetrics metric, for training loops and several processes."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torchmetrics import Metric

from metst.datasets.labels.records import EMOTIONS
from metst.intervals.interval import Intervals
from metst.scoring.metrics.counts import Counts
from metst.scoring.metrics.matched import Matching, judge
from metst.scoring.metrics.matching import match_one_to_one
from metst.scoring.metrics.recognition import Averages, average_strict
from metst.scoring.metrics.scores import Scores
from metst.scoring.settings import IOU


class SpotThenRecognize(Metric):
    """Spotting, recognition and spot-then-recognize scores, accumulated over videos.

    F1 = 2 TP / (2 TP + FP + FN) of spotting; STRS = F1 of spotting * F1 of recognition. Its state
    are counts, which add up: over updates, over processes, over folds.

    Args:
        match: the matching rule.
        averages: the averages over classes.
        iou: least overlap of a find.
        withdraws: whether candidates labeled neutral are withdrawn.
        withdraw_first: before the matching, else after it.
        analyzed: emotions whose recognition is averaged; None for those that are annotated.
        emotions: names of all classes, without neutral.

    Example:
        >>> found = Intervals.of([(0, 10, 20, 1)])  # video, onset, offset, class
        >>> annotated = Intervals.of([(0, 11, 21, 1), (0, 50, 60, 2)])
        >>> metric = SpotThenRecognize()
        >>> metric.update(found, annotated)
        >>> round(float(metric.compute()["f1"]), 4)
        0.6667
    """

    full_state_update = False
    tp: Tensor
    fp: Tensor
    fn: Tensor
    confusion: Tensor
    annotated: Tensor

    def __init__(
        self,
        match: Matching = match_one_to_one,
        averages: Averages = average_strict,
        *,
        iou: float = IOU,
        withdraws: bool = False,
        withdraw_first: bool = True,
        analyzed: Sequence[str] | None = None,
        emotions: tuple[str, ...] = EMOTIONS,
    ) -> None:
        super().__init__()
        self.match, self.averages = match, averages
        self.iou, self.withdraws, self.withdraw_first = iou, withdraws, withdraw_first
        self.analyzed, self.emotions = analyzed, emotions
        zero = Counts.zero(len(emotions))
        for name in ("tp", "fp", "fn", "confusion", "annotated"):
            self.add_state(name, getattr(zero, name), dist_reduce_fx="sum")

    def update(
        self, predicted: Intervals, annotated: Intervals, unjudged: Sequence[int] = ()
    ) -> None:
        """Add videos; an index identifies a video only within one call.

        Args:
            predicted: candidates, neutral ones included.
            annotated: MEs of the same videos.
            unjudged: classes of MEs in videos that are not judged.
        """
        matched = judge(
            predicted,
            annotated,
            self.match,
            iou=self.iou,
            withdraws=self.withdraws,
            withdraw_first=self.withdraw_first,
            emotions=len(self.emotions),
        )
        total = self.counts() + matched.counts().also_annotated(unjudged)
        self.tp, self.fp, self.fn = total.tp, total.fp, total.fn
        self.confusion, self.annotated = total.confusion, total.annotated

    def counts(self) -> Counts:
        """What was counted so far."""
        return Counts(self.tp, self.fp, self.fn, self.confusion, self.annotated)

    def scores(self) -> Scores:
        """All scores of what was counted so far."""
        return Scores.of(self.counts(), self.averages, self.analyzed, self.emotions)

    def compute(self) -> dict[str, Tensor]:
        """`precision`, `recall`, `f1` of spotting, `uf1` and `uar` of recognition, and `strs`."""
        scores = self.scores()
        values = {
            "precision": scores.precision,
            "recall": scores.recall,
            "f1": scores.f1,
            "uf1": scores.recognition.uf1,
            "uar": scores.recognition.uar,
            "strs": scores.strs,
        }
        device = self.confusion.device
        return {name: torch.tensor(value, device=device) for name, value in values.items()}
