"""SP-FD (2020): motion of eleven small facial regions against the head, without training."""

from metst.features.sp_fd.feature import RegionMotions
from metst.features.sp_fd.regions import Faults, motions

__all__ = ["Faults", "RegionMotions", "motions"]
