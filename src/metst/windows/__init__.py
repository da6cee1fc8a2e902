"""Windows of a video, what they should answer, and their inverse, the stitching."""

from metst.windows.cutting import cut, window_starts
from metst.windows.sampling import balance, negatives_authors, negatives_strict
from metst.windows.stitching import Curves, Outputs, stitch_authors, stitch_average
from metst.windows.targets import CLASSES, NEUTRAL_CLASS, class_weights, frame_labels

__all__ = [
    "CLASSES",
    "NEUTRAL_CLASS",
    "Curves",
    "Outputs",
    "balance",
    "class_weights",
    "cut",
    "frame_labels",
    "negatives_authors",
    "negatives_strict",
    "stitch_authors",
    "stitch_average",
    "window_starts",
]
