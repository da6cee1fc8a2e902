"""What proposes intervals: a system, a finished run, the labels."""

from collections.abc import Mapping, Sequence

from torch import Tensor

from metst.intervals.proposals import Proposals
from metst.samples.data import FoldData

Outputs = Mapping[str, Tensor]
"""What `System.test_step` gave, by name, joined over the test batches."""


class Spotter:
    """Whatever proposes intervals of the left-out subject: a system, a finished run, the labels."""

    @property
    def sources(self) -> Mapping[str, str]:
        """Digest of each thing that its intervals follow from besides the data, such as a run."""
        return {}

    def calibrate(self, data: FoldData) -> None:
        """Fit thresholds, lengths and the like to the training subjects of the fold.

        It must not look at a weight (it also runs where a fold is judged again without its
        network), nor at the left-out subject.

        Raises:
            MetstError: there is nothing to fit them to.
        """

    def propose(self, outputs: Outputs, data: FoldData) -> Sequence[Proposals]:
        """Intervals of the left-out subject's recordings, by each of the system's decoders.

        Args:
            outputs: of this fold's test, on any device.
            data: with the fold chosen; its labels of the left-out subject are not looked at, but
                for `metst.systems.annotated`.
        """
        raise NotImplementedError
