"""Overlap, matching, counts and averages: the arithmetic of every score."""

from metst.metrics.counts import Counts, count
from metst.metrics.intervals import Intervals, overlap
from metst.metrics.matching import match_best, match_every, match_one_to_one
from metst.metrics.recognition import (
    ClassScore,
    Recognition,
    average_authors,
    average_strict,
    average_strs,
)
from metst.metrics.scores import Scores

__all__ = [
    "ClassScore",
    "Counts",
    "Intervals",
    "Recognition",
    "Scores",
    "average_authors",
    "average_strict",
    "average_strs",
    "count",
    "match_best",
    "match_every",
    "match_one_to_one",
    "overlap",
]
