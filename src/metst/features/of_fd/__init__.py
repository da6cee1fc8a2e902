"""OF-FD (2021): expressions from the displacement of sixteen facial regions, without training."""

from metst.features.of_fd.constants import CONSTANTS, FACTORS, Constants
from metst.features.of_fd.feature import OFFDSegments

__all__ = ["CONSTANTS", "FACTORS", "Constants", "OFFDSegments"]
