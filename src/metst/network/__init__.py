"""The state transition network of ME-TST: flow columns in, spotting score and emotion logits out."""

from metst.network.model import METST
from metst.network.stream import Stream

__all__ = ["METST", "Stream"]
