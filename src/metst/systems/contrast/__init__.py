"""A method of ours: small ME-TST networks on steadier flow, and intervals by their contrast."""

from metst.systems.contrast.module import ContrastModule

__all__ = ["ContrastModule"]
