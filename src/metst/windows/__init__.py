"""Windows of a video, what they should answer, and their inverse, the stitching."""

from metst.windows.cutting import cut, window_starts
from metst.windows.sampling import balance, negatives_authors, negatives_strict
from metst.windows.stitching import Curves, Outputs, stitch_authors, stitch_average
from metst.windows.targets import CLASSES, NEUTRAL_CLASS, class_weights, frame_labels
from metst.windows.whole import chain, whole_flow

__all__ = [
    "CLASSES",
    "NEUTRAL_CLASS",
    "Curves",
    "Outputs",
    "balance",
    "chain",
    "class_weights",
    "cut",
    "frame_labels",
    "negatives_authors",
    "negatives_strict",
    "stitch_authors",
    "stitch_average",
    "whole_flow",
    "window_starts",
]
