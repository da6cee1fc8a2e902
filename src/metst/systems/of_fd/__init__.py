"""OF-FD (2021): spots where facial regions are displaced, without training."""

from metst.systems.of_fd.module import OFFD, OFFDSamples

__all__ = ["OFFD", "OFFDSamples"]
