"""Selective scan, the recurrence of Mamba-1, with several backends, and what surrounds it."""

from metst.network.scan.backends import Choice, Probe, choose, probe
from metst.network.scan.operator import selective_scan
from metst.network.scan.pointwise import causal_silu, gated

__all__ = ["Choice", "Probe", "causal_silu", "choose", "gated", "probe", "selective_scan"]
