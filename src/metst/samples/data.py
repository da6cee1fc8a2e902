"""What the runner, the systems and the callbacks ask of a data module."""

from collections.abc import Sequence
from typing import Protocol

from metst.base.executors import Executor
from metst.datasets.labels.findings import Finding
from metst.datasets.labels.records import Recording
from metst.samples.base import Samples
from metst.samples.fold import Fold


class FoldData(Protocol):
    """A data set that can leave one subject out.

    Attributes:
        samples: what a system reads.
        batch_size: samples per batch.
        fold: the fold that was chosen last.
    """

    samples: Samples
    batch_size: int
    fold: Fold

    @property
    def emotions(self) -> tuple[str, ...]:
        """Classes in the order of a network's logits, without neutral."""

    @property
    def analyzed(self) -> tuple[str, ...]:
        """Emotions whose recognition is averaged in this data set's published scores."""

    def locate(self) -> None:
        """Raise `DataError` when the data set is not where the configuration has it."""

    def extract(self, executor: Executor) -> tuple[str, ...]:
        """Fill the store with features that are missing; returns messages about damage."""

    def label_errors(self) -> Sequence[Finding]:
        """Errors in the labels that change what is trained on or counted."""

    def identity(self) -> dict[str, str]:
        """Digests of everything that results follow from, by name; other data give others."""

    def recordings(self) -> tuple[Recording, ...]:
        """Every recording of the data set, in fold and video order."""

    def subjects(self) -> tuple[str, ...]:
        """The folds: subjects in natural order."""

    def choose(self, subject: str, seed: int) -> Fold:
        """Leave out `subject`; all random choices of the fold follow from (seed, subject)."""
