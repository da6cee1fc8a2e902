"""ME-TST+: ME-TST with 36 channels of flow and two time bases."""

from metst.systems.me_tst_plus.module import METSTPlus
from metst.systems.me_tst_plus.network import SlowFast

__all__ = ["METSTPlus", "SlowFast"]
