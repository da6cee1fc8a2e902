"""`metst check`: a linter for data sets."""

from metst.check.datasets import DATASETS, DataSet, VideoFolder
from metst.check.faces import face_findings
from metst.check.images import Depth
from metst.check.labels import label_findings
from metst.check.lint import check
from metst.check.modules import CheckedData, data_set_of
from metst.check.report import Report

__all__ = [
    "DATASETS",
    "CheckedData",
    "DataSet",
    "Depth",
    "Report",
    "VideoFolder",
    "check",
    "data_set_of",
    "face_findings",
    "label_findings",
]
