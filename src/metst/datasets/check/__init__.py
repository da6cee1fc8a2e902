"""`metst check`: a linter for data sets."""

from metst.datasets.check.datasets import DATASETS, DataSet, VideoFolder
from metst.datasets.check.images import Depth
from metst.datasets.check.labels import label_findings
from metst.datasets.check.lint import check
from metst.datasets.check.modules import CheckedData, data_set_of
from metst.datasets.check.report import Report

__all__ = [
    "DATASETS",
    "CheckedData",
    "DataSet",
    "Depth",
    "Report",
    "VideoFolder",
    "check",
    "data_set_of",
    "label_findings",
]
