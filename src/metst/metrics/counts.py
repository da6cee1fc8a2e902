"""What every score is computed from: counts that add up over videos, subjects and folds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from metst.metrics.intervals import Intervals


@dataclass(frozen=True)
class Counts:
    """Sums over any number of videos.

    Attributes:
        tp: annotated MEs that a prediction finds.
        fp: predictions that find none.
        fn: annotated MEs that nobody finds.
        confusion: (E, E+1) found MEs by annotated emotion and label, neutral in the last column.
        annotated: (E,) annotated MEs by emotion.
    """

    tp: Tensor
    fp: Tensor
    fn: Tensor
    confusion: Tensor
    annotated: Tensor

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.tp + other.tp,
            self.fp + other.fp,
            self.fn + other.fn,
            self.confusion + other.confusion,
            self.annotated + other.annotated,
        )

    def also_annotated(self, labels: Sequence[int]) -> "Counts":
        """The same counts, with MEs that were annotated in videos nobody judges."""
        more = self.annotated.clone()
        for label in labels:
            more[label] += 1
        return replace(self, annotated=more)

    @staticmethod
    def zero(emotions: int) -> "Counts":
        """Counts of nothing, on the CPU."""
        nothing = torch.tensor(0)
        return Counts(
            nothing,
            nothing,
            nothing,
            torch.zeros(emotions, emotions + 1, dtype=torch.int64),
            torch.zeros(emotions, dtype=torch.int64),
        )


def count(
    predicted: Intervals, annotated: Intervals, owner: Tensor, kept: Tensor, emotions: int
) -> Counts:
    """Counts from a matching.

    Args:
        predicted: P intervals.
        annotated: G intervals; a label outside the emotions counts for spotting only.
        owner: (G,) prediction that finds each annotated interval, -1 for none.
        kept: (P,) predictions that were not withdrawn after the matching; an annotation whose
            finder was withdrawn is missed.
        emotions: number of emotions E; label E is neutral.
    """
    found = owner >= 0
    if len(predicted):
        found = found & kept[owner.clamp(min=0)]
    finders = torch.zeros_like(kept).index_fill(0, owner[found], value=True)
    labels = annotated.label
    known = (labels >= 0) & (labels < emotions)
    cells = labels[found & known] * (emotions + 1) + predicted.label[owner[found & known]]
    confusion = torch.bincount(cells, minlength=emotions * (emotions + 1))
    return Counts(
        tp=found.sum(),
        fp=(kept & ~finders).sum(),
        fn=(~found).sum(),
        confusion=confusion.reshape(emotions, emotions + 1),
        annotated=torch.bincount(labels[known], minlength=emotions),
    )
