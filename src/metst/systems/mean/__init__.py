"""MEAN (2023): spots and recognizes with a shallow network on flow images."""

from metst.systems.mean.module import MEAN
from metst.systems.mean.samples import MEANSamples

__all__ = ["MEAN", "MEANSamples"]
