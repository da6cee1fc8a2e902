"""What every kind of samples offers: chosen in the YAML, independent of data set and system."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TypeVar

import torch
from torch import Tensor

from metst.base.errors import ConfigError
from metst.features.feature import Feature
from metst.features.source import Source
from metst.samples.batches import Nothing, SampleSet
from metst.samples.fold import Fold


class Samples(ABC):
    """What a system is trained and tested on, made from features and annotations of a fold.

    Attributes:
        feature: what is measured in the videos and kept in the store.
        fold: the fold that was opened last.
        source: the data set's recordings and features.
    """

    feature: Feature
    fold: Fold
    source: Source

    def open(self, fold: Fold, source: Source) -> None:
        """Take another fold; its samples are made when they are asked for.

        Raises:
            MetstError: nothing of the data set can be used.
        """
        self.fold, self.source = fold, source

    @abstractmethod
    def training(self) -> SampleSet:
        """Samples of the training subjects."""

    def memory(self, fold: Fold, source: Source) -> int:  # noqa: ARG002
        """Bytes that the samples of a fold will keep in memory, as far as they are many.

        Nothing is read for it but lengths and annotations. By default 0: the features of flow fit
        into what is planned for any fold.
        """
        return 0

    def testing(self) -> SampleSet:
        """Samples of the left-out subject; its labels are not looked at.

        By default one empty sample: what a system asks for in `propose` need not be batched, and
        the trainer passes over a test without batches.
        """
        return Nothing(self.fold.key)

    def validation(self) -> SampleSet:
        """Samples of the fold's validation subjects, as those of `training` but not augmented.

        Raises:
            ConfigError: its kind has none.
        """
        kind = f"{type(self).__module__}.{type(self).__qualname__}"
        msg = f"data.validation: expected 0 with {kind}, which has no validation samples"
        raise ConfigError(msg)

    @property
    def batch_size(self) -> int | None:
        """Samples per batch where their kind demands a number."""
        return None

    def join(self, parts: Sequence[Tensor]) -> Tensor:
        """What came of the test batches, each (B, ...), as one tensor."""
        return torch.cat(list(parts))


S = TypeVar("S", bound=Samples)


def expect(samples: Samples, kind: type[S]) -> S:
    """The samples, if they are of the kind that a system reads.

    Raises:
        ConfigError: they are of another kind.
    """
    if not isinstance(samples, kind):
        wanted, got = (f"{c.__module__}.{c.__qualname__}" for c in (kind, type(samples)))
        msg = f"data.samples: this system reads {wanted}, got {got}"
        raise ConfigError(msg)
    return samples
