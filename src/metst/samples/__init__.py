"""From features and annotations to what a system is trained on."""

from metst.samples.base import Samples, expect
from metst.samples.flow_windows import FlowWindows
from metst.samples.fold import Fold

__all__ = ["FlowWindows", "Fold", "Samples", "expect"]
