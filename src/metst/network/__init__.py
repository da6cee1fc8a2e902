"""The network of ME-TST: flow columns in, spotting scores and emotion logits out."""

from metst.network.complexity import Complexity, complexity
from metst.network.model import METST
from metst.network.stream import Stream

__all__ = ["METST", "Complexity", "Stream", "complexity"]
