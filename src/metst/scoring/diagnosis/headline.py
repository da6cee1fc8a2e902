"""The few numbers of a score that a diagnosis compares."""

import math
from dataclasses import dataclass

from metst.scoring.metrics.scores import Scores


@dataclass(frozen=True)
class Headline:
    """Counts of spotting and the three scores that STRS is made of.

    Attributes:
        spotting: F1 of spotting.
        recognition: F1 of recognition; None where spotting alone is judged.
        strs: product of both.
    """

    tp: int
    fp: int
    fn: int
    spotting: float
    recognition: float | None
    strs: float | None

    @staticmethod
    def of(scores: Scores) -> "Headline":
        """The headline of all scores."""
        tp, fp, fn = (int(x) for x in (scores.counts.tp, scores.counts.fp, scores.counts.fn))
        recognition, strs = (
            None if math.isnan(value) else value for value in (scores.recognition.f1, scores.strs)
        )
        return Headline(tp, fp, fn, scores.f1, recognition, strs)
