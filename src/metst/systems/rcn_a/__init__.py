"""RCN-A (2020): recognizes with a recurrent convolution and attention."""

from metst.systems.rcn_a.module import RCNA

__all__ = ["RCNA"]
