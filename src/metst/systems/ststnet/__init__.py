"""STSTNet (2019): recognizes with three parallel convolutions."""

from metst.systems.ststnet.module import STSTNet

__all__ = ["STSTNet"]
