"""Micro-expression analysis in long videos: ROI flow, state transitions, spot-then-recognize."""

__version__ = "0.1.0"
