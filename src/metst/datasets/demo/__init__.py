"""A data set in the layout of CAS(ME)^3, made from one portrait, with exact labels."""

from metst.datasets.demo.maker import generate, is_complete
from metst.datasets.demo.options import DemoOptions

__all__ = ["DemoOptions", "generate", "is_complete"]
