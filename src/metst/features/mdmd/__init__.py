"""MDMD (2020): how much more a face has moved in one direction than it will, without training."""

from metst.features.mdmd.feature import MainDirections
from metst.features.mdmd.main_direction import main_difference

__all__ = ["MainDirections", "main_difference"]
