"""Selective scan, the recurrence of Mamba-1, behind one function with several backends."""

from metst.scan.backends import Choice, Probe, choose, probe
from metst.scan.operator import selective_scan

__all__ = ["Choice", "Probe", "choose", "probe", "selective_scan"]
