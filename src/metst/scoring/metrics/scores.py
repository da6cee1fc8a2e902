"""Scores of a fold, of a subject or of all folds, computed from counts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from metst.datasets.labels.records import EMOTIONS, NEUTRAL
from metst.scoring.metrics.counts import Counts
from metst.scoring.metrics.recognition import UNDEFINED, Averages, Recognition, harmonic, ratio


@dataclass(frozen=True)
class Scores:
    """Spotting, recognition and spot-then-recognize scores (ME-TST, section III-A).

    Attributes:
        counts: what everything is computed from.
        precision: TP / (TP + FP) of spotting.
        recall: TP / (TP + FN) of spotting.
        f1: harmonic mean of both; 0 without any TP.
        recognition: over the found MEs.
        recognition_all: over all annotated MEs, a missed one counting as not recognized.
        strs: `f1` times the recognition's F1; NaN where that is undefined.
        analyzed: emotions that recognition is averaged over.
        flags: what makes a value special.
        emotions: names of the classes; none where spotting alone is judged.
    """

    counts: Counts
    precision: float
    recall: float
    f1: float
    recognition: Recognition
    recognition_all: Recognition
    strs: float
    analyzed: tuple[str, ...]
    flags: tuple[str, ...]
    emotions: tuple[str, ...] = EMOTIONS

    @staticmethod
    def of(
        counts: Counts,
        averages: Averages,
        analyzed: Sequence[str] | None,
        emotions: tuple[str, ...] = EMOTIONS,
    ) -> "Scores":
        """Scores of counts; `analyzed=None` takes every annotated emotion.

        Without `emotions` recognition and STRS are undefined.
        """
        tp, fp, fn = int(counts.tp), int(counts.fp), int(counts.fn)
        annotated = counts.annotated.tolist()
        chosen = [
            c
            for c, name in enumerate(emotions)
            if (annotated[c] > 0 if analyzed is None else name in analyzed)
        ]

        def recognition(confusion: Tensor) -> Recognition:
            return averages(confusion.tolist(), chosen, emotions) if emotions else UNDEFINED

        found = recognition(counts.confusion)
        missed = counts.confusion.clone()
        missed[:, -1] += counts.annotated - counts.confusion.sum(1)
        flags = found.flags
        if tp == 0:
            flags = ("no true positive: F1 and STRS are set to 0", *flags)
        precision, recall = _or_zero(ratio(tp, tp + fp)), _or_zero(ratio(tp, tp + fn))
        f1 = _or_zero(harmonic(precision, recall))
        return Scores(
            counts=counts,
            precision=precision,
            recall=recall,
            f1=f1,
            recognition=found,
            recognition_all=recognition(missed),
            strs=f1 * found.f1 if tp or not emotions else 0.0,
            analyzed=tuple(emotions[c] for c in chosen),
            flags=flags,
            emotions=emotions,
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON: None where a value is undefined."""
        return {
            "spotting": {
                "tp": int(self.counts.tp),
                "fp": int(self.counts.fp),
                "fn": int(self.counts.fn),
                "precision": self.precision,
                "recall": self.recall,
                "f1": self.f1,
            },
            "recognition": _averages(self.recognition),
            "recognition_all": _averages(self.recognition_all),
            "strs": _plain(self.strs),
            "analyzed": list(self.analyzed),
            "per_class": {
                name: None
                if score is None
                else {
                    "tp": score.tp,
                    "fp": score.fp,
                    "fn": score.fn,
                    "precision": _plain(score.precision),
                    "recall": _plain(score.recall),
                    "f1": _plain(score.f1),
                }
                for name, score in self.recognition.per_class.items()
            },
            "confusion": {
                "rows": list(self.emotions),
                "columns": [*self.emotions, NEUTRAL],
                "counts": self.counts.confusion.tolist(),
                "annotated": self.counts.annotated.tolist(),
            },
            "flags": list(self.flags),
        }


def _averages(recognition: Recognition) -> dict[str, float | None]:
    return {
        "uf1": _plain(recognition.uf1),
        "uar": _plain(recognition.uar),
        "precision": _plain(recognition.precision),
        "recall": _plain(recognition.recall),
        "f1": _plain(recognition.f1),
    }


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value


def _or_zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value
