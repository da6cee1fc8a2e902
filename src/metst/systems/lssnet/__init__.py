"""LSSNet (2021), a detector of intervals with attention between channels."""

from metst.systems.lssnet.module import LSSNet, LSSNetFlow

__all__ = ["LSSNet", "LSSNetFlow"]
