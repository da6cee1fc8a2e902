"""I3D features of a video, with weights that the user brings."""

from metst.features.i3d.feature import CHANNELS, I3D

__all__ = ["CHANNELS", "I3D"]
