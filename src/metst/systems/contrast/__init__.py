"""A method of ours: a small ME-TST network on steadier flow, and intervals by their contrast."""

from metst.systems.contrast.module import ContrastModule

__all__ = ["ContrastModule"]
