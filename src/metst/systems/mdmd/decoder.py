"""MDMD's intervals: runs of frames whose feature is high against that of frames around.

Shapes: T frames of a video, M of them that are compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from metst.datasets.labels.records import Recording
from metst.features.store import Arrays
from metst.intervals.fitting import Constants
from metst.intervals.sampled import Switches
from metst.systems.training_free import Drawn, Found, RuleDecoder, runs

Curve = NDArray[np.float64]

PEAKS = (0.01, 0.05, *(step / 10 for step in range(1, 10)))
"""Shares p that place the threshold between mean and maximum; the published one first."""

SHORTEST, LONGEST = 0.235, 0.525
"""Seconds of a micro-expression, first and last frame included: 7 to 16 frames at 30 frames/s, 47
to 105 at 200. Those of macro-expressions are longer."""


@dataclass(frozen=True)
class Quirks(Switches):
    """What `strict` does otherwise than the released code; each can be turned off.

    Attributes:
        half_angles: opposite directions are one, see `metst.features.mdmd.main_difference`.
        lost_end: the last 2 k frames are left out, as if the feature missed frames there.
    """

    half_angles: bool = True
    lost_end: bool = True


@dataclass(frozen=True)
class MDMDDecoder(RuleDecoder):
    """Runs above a threshold; constants: `peak`, where it lies between mean and maximum.

    Attributes:
        quirks: that it has.
    """

    quirks: Quirks

    def grid(self) -> Sequence[Constants]:
        """All shares."""
        return [{"peak": peak} for peak in PEAKS]

    def find(self, arrays: Arrays, recording: Recording, constants: Constants) -> list[Found]:
        """Intervals whose length suits the kind; the apex is where the difference is largest."""
        relative, first = self._relative(arrays)
        fps = recording.timebase.sampled_fps
        low, high = int(SHORTEST * fps + 0.5), int(LONGEST * fps + 0.5)
        if self.kind == "macro":
            low, high = high + 1, len(relative)
        height = threshold(relative, constants["peak"])
        return [
            Found(first + start, first + apex, first + end, float(relative[apex]))
            for start, end in runs(relative > height)
            if low <= end - start + 1 <= high
            for apex in (start + int(relative[start : end + 1].argmax()),)
        ]

    def drawn(self, arrays: Arrays, recording: Recording, constants: Constants) -> Drawn:
        """The differences."""
        relative, first = self._relative(arrays)
        curve = np.zeros(recording.frames)
        curve[first : first + len(relative)] = relative
        return Drawn(torch.from_numpy(curve), threshold(relative, constants["peak"]))

    def _relative(self, arrays: Arrays) -> tuple[Curve, int]:
        """Differences (M,), and the frame of the first one."""
        (k,) = arrays[f"{self.kind}_k"].tolist()
        values = arrays[self.kind][0 if self.quirks.half_angles else 1]  # (T,)
        found = relative_difference(values[k : len(values) - k], k, lost_end=self.quirks.lost_end)
        return found, 2 * k - 1


def relative_difference(values: Curve, k: int, *, lost_end: bool) -> Curve:
    """What a value exceeds the mean of those k - 1 frames before and after by.

    Args:
        values: feature (T - 2 k,) of the frames that have one.
        k: frames that it was measured over.
        lost_end: whether the last 2 k are left out.
    """
    near = k - 1
    count = max(0, len(values) - 2 * near - (2 * k if lost_end else 0))
    middle, before, after = (values[i : i + count] for i in (near, 0, 2 * near))
    difference: Curve = middle - (before + after) / 2
    return difference


def threshold(relative: Curve, peak: float) -> float:
    """The height between mean and maximum of differences (M,)."""
    if not len(relative):
        return 0.0
    mean = float(relative.mean())
    return mean + peak * (float(relative.max()) - mean)
