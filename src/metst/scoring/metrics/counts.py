"""What every score is computed from: counts that add up over videos, subjects and folds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


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

    def numbers(self) -> NDArray[np.int64]:
        """All counts in a row, for sums over many subjects at once."""
        parts = (self.tp, self.fp, self.fn, self.confusion, self.annotated)
        return np.concatenate([part.cpu().numpy().ravel() for part in parts])

    @staticmethod
    def of_numbers(numbers: NDArray[np.int64], emotions: int) -> "Counts":
        """The inverse of `numbers`."""
        tp, fp, fn, *_ = values = torch.from_numpy(np.ascontiguousarray(numbers))
        cells = 3 + emotions * (emotions + 1)
        confusion, annotated = values[3:cells], values[cells:]
        return Counts(tp, fp, fn, confusion.reshape(emotions, emotions + 1), annotated)

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
