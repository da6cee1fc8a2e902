"""SP-FD (2020): spots where small facial regions move against the head."""

from metst.systems.sp_fd.decoder import Quirks, SPFDDecoder
from metst.systems.sp_fd.module import SPFD, SPFDSamples

__all__ = ["SPFD", "Quirks", "SPFDDecoder", "SPFDSamples"]
