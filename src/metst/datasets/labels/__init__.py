"""Label tables, the expressions in them, and the checks a data set must pass."""

from metst.datasets.labels.annotations import Annotations, Counts, subject_key
from metst.datasets.labels.records import EMOTIONS, NEUTRAL, Expression, Kind, Recording, Timebase
from metst.datasets.labels.samples import Rule, Sample, samples

__all__ = [
    "EMOTIONS",
    "NEUTRAL",
    "Annotations",
    "Counts",
    "Expression",
    "Kind",
    "Recording",
    "Rule",
    "Sample",
    "Timebase",
    "samples",
    "subject_key",
]
