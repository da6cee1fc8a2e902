"""What the runner, the systems and the callbacks ask of a data module."""

from typing import Protocol

from metst.features.source import Source
from metst.samples.base import Samples
from metst.samples.fold import Fold


class FoldData(Protocol):
    """A data set that can leave one subject out.

    Attributes:
        source: its recordings and their features.
        samples: what a system reads.
        batch_size: samples per batch.
        fold: the fold that was chosen last.
    """

    source: Source
    samples: Samples
    batch_size: int
    fold: Fold

    def choose(self, subject: str, seed: int) -> Fold:
        """Leave out `subject`; all random choices of the fold follow from (seed, subject)."""
