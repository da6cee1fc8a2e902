"""Matching, counts and averages: the arithmetic of every score.

`spot_then_recognize` has them as a torchmetrics metric; it is imported by that name
only, since torchmetrics takes longer to import than a whole evaluation.
"""

from metst.scoring.metrics.counts import Counts
from metst.scoring.metrics.matched import Matched, judge
from metst.scoring.metrics.matching import match_best, match_every, match_one_to_one
from metst.scoring.metrics.recognition import (
    ClassScore,
    Recognition,
    average_authors,
    average_strict,
    average_strs,
)
from metst.scoring.metrics.scores import Scores

__all__ = [
    "ClassScore",
    "Counts",
    "Matched",
    "Recognition",
    "Scores",
    "average_authors",
    "average_strict",
    "average_strs",
    "judge",
    "match_best",
    "match_every",
    "match_one_to_one",
]
