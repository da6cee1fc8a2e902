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

__all__ = [
    "STRATEGIES",
    "Motion",
    "Span",
    "Strategy",
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
