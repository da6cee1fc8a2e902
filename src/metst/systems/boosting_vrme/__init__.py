"""BoostingVRME: one slow-fast trunk, and intervals of their own length."""

from metst.systems.boosting_vrme.module import BoostingVRME

__all__ = ["BoostingVRME"]
