"""SOFTNet (2021): spots with a shallow network on flow images."""

from metst.systems.softnet.module import SOFTNet
from metst.systems.softnet.samples import SOFTNetSamples

__all__ = ["SOFTNet", "SOFTNetSamples"]
