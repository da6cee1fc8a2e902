"""A feature that has nothing of optical flow: the smallest there is."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from metst.features.store import Entry, FeatureSpec
from metst.video import ImageFolder, RepairedFrames


class MeanGrey:
    """Mean grey value of each frame."""

    spec = FeatureSpec("mean_grey", 1)

    def measure(self, frames: Sequence[Path]) -> Entry:
        """Array `means` (T,) of a video; a picture that cannot be read is replaced."""
        source = RepairedFrames(ImageFolder(frames))
        means = np.array([source.read(index).mean() for index in range(len(source))])  # (T,)
        return Entry({"means": means}, len(source), tuple(source.remarks))
