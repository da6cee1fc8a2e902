"""A data set in the layout of CAS(ME)^3, made from one portrait, with exact labels."""

from metst.demo.maker import generate, is_complete
from metst.demo.options import DemoOptions

__all__ = ["DemoOptions", "generate", "is_complete"]
