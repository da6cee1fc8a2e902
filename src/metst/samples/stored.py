"""Features as they lie in the store: what systems read that are not trained."""

from collections.abc import Sequence

from metst.datasets.labels.records import Recording
from metst.features.store import Arrays
from metst.samples.base import Samples
from metst.samples.batches import Nothing, SampleSet


class Stored(Samples):
    """No batches; a system asks for the arrays of recordings."""

    def training(self) -> SampleSet:
        """One empty sample."""
        return Nothing(self.fold.key)

    def arrays(self, recordings: Sequence[Recording]) -> list[Arrays]:
        """Arrays of each recording.

        Raises:
            CacheError: there are none of a recording, or they are damaged.
        """
        return [self.source.read(recording).arrays for recording in recordings]
