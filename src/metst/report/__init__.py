"""Timelines of a network's input and outputs, and the report of a run."""

from metst.report.curves import timelines
from metst.report.html import write_report
from metst.report.timeline import Timeline, save_timeline

__all__ = ["Timeline", "save_timeline", "timelines", "write_report"]
