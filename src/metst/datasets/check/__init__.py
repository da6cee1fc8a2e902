"""`metst check`: a linter for data sets."""

from metst.datasets.check.images import Depth
from metst.datasets.check.labels import label_findings
from metst.datasets.check.lint import check
from metst.datasets.check.report import Report

__all__ = [
    "Depth",
    "Report",
    "check",
    "label_findings",
]
