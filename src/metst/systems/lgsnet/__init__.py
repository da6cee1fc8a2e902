"""LGSNet (2023), a detector of intervals with gated attention between frames."""

from metst.systems.lgsnet.module import LGSNet, LGSNetFlow

__all__ = ["LGSNet", "LGSNetFlow"]
