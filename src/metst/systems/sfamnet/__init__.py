"""SFAMNet (2024): spots and recognizes with attention on images of flow in pixels."""

from metst.systems.sfamnet.module import SFAMNet
from metst.systems.sfamnet.samples import SFAMNetSamples

__all__ = ["SFAMNet", "SFAMNetSamples"]
