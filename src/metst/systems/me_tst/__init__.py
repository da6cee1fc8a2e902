"""ME-TST: a state space network over windows of ROI flow, and what its authors released."""

from metst.systems.me_tst.complexity import Complexity, complexity
from metst.systems.me_tst.network import METST
from metst.systems.me_tst.stream import Stream

__all__ = ["METST", "Complexity", "Stream", "complexity"]
