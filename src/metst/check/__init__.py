"""`metst check`: a linter for data sets."""

from metst.check.datasets import DATASETS, DataSet, VideoFolder
from metst.check.faces import face_findings
from metst.check.images import Depth
from metst.check.lint import check
from metst.check.report import Report

__all__ = ["DATASETS", "DataSet", "Depth", "Report", "VideoFolder", "check", "face_findings"]
