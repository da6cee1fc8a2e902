"""How spotting and recognition help each other: the label of a candidate, and whether it stays."""

from metst.intervals.synergy.labels import (
    Span,
    frame_classes,
    label_first_seen,
    label_most_probable,
    labels_of,
    mean_probabilities,
    span_authors,
    span_inclusive,
)
from metst.intervals.synergy.motion import Motion, motion_threshold, speed_curves
from metst.intervals.synergy.strategies import STRATEGIES, Strategy
from metst.intervals.synergy.voting import RELEASED, STRICT, Voting

__all__ = [
    "RELEASED",
    "STRATEGIES",
    "STRICT",
    "Motion",
    "Span",
    "Strategy",
    "Voting",
    "frame_classes",
    "label_first_seen",
    "label_most_probable",
    "labels_of",
    "mean_probabilities",
    "motion_threshold",
    "span_authors",
    "span_inclusive",
    "speed_curves",
]
