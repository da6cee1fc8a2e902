"""Label tables, the expressions in them, and the checks a data set must pass."""

from metst.datasets.labels.annotations import Annotations, Counts, subject_key
from metst.datasets.labels.casme3 import read_casme3
from metst.datasets.labels.records import EMOTIONS, NEUTRAL, Expression, Kind, Recording, Timebase
from metst.datasets.labels.sammlv import read_sammlv
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
    "read_casme3",
    "read_sammlv",
    "samples",
    "subject_key",
]
