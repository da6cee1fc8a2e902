"""MDMD (2020): spots where a face has moved more in one direction than it will."""

from metst.systems.mdmd.decoder import MDMDDecoder, Quirks
from metst.systems.mdmd.module import MDMD, MDMDSamples

__all__ = ["MDMD", "MDMDDecoder", "MDMDSamples", "Quirks"]
