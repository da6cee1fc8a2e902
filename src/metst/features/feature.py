"""What a feature is: how the frames of a video become arrays."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from metst.features.store import Entry, FeatureSpec


class Feature(Protocol):
    """A way to measure videos; copies of it are sent to worker processes.

    `metst.features.roi_flow.RoiFlow` is an example. Features of one `spec` are taken for equal, so
    everything that changes their numbers belongs into its parameters.
    """

    @property
    def spec(self) -> FeatureSpec:
        """Under which name, version and parameters the features are stored."""

    def measure(self, frames: Sequence[Path]) -> Entry:
        """Features of one video from the image file of each frame, in order.

        Raises:
            VideoError: the video cannot be measured; it is left out, by name.
        """


@runtime_checkable
class RateDependent(Protocol):
    """A feature with lengths in seconds, of which the data set's frame rate makes frames."""

    def at(self, fps: float) -> Feature:
        """The feature at a rate of sub-sampled frames per second.

        Raises:
            ConfigError: the rate is not known (0).
        """
