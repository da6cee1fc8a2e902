"""Dual-Inception: recognizes with inception blocks; the documented relative of FeatRef."""

from metst.systems.dual_inception.module import DualInception

__all__ = ["DualInception"]
