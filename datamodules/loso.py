"""Leave-one-subject-out: the same for all data sets, samples and systems."""

from collections.abc import Sequence
from pathlib import Path

import torch
from lightning.pytorch import LightningDataModule
from torch.utils.data import DataLoader

from metst.base.settings import require
from metst.datasets.base import DataSet, EmotionCount
from metst.features.source import Features, Source
from metst.samples import Fold, Samples
from metst.samples.augmentations import Batch
from metst.samples.batches import KeyedBatches, SameBatches, SampleSet, in_batches


class LOSODataModule(LightningDataModule):
    """Trains on the samples of all other subjects, tests on every video of the left-out subject.

    Args:
        root: folder of the data set.
        cache: folder of the feature stores, one folder per data set inside.
        samples: what a system reads, such as `metst.samples.FlowWindows`.
        batch_size: samples per batch, in training and test.
        features: which features are read: extracted here, released by the authors, or `auto`.
        suppress: findings that somebody has seen and accepts.
        without: subjects that are taken for absent.
        emotions: emotion classes of the task: 3, 4 or 7.
        validation: subjects of each fold's training that are validated on instead, drawn by seed
            and subject. None: none.

    Attributes:
        source: recordings and features, see `metst.features.source.Source`.
        fold: the fold that was chosen last.
    """

    dataset: DataSet
    """What data set it is; a subclass names it."""

    def __init__(
        self,
        root: Path,
        cache: Path,
        samples: Samples,
        batch_size: int = 32,
        features: Features = "auto",
        suppress: list[str] | None = None,
        without: list[str] | None = None,
        emotions: EmotionCount = 4,
        validation: int | None = None,
    ) -> None:
        require("data.batch_size", batch_size, batch_size >= 1, "1 or more")
        require("data.validation", validation, (validation or 0) >= 0, "0 or a number of subjects")
        super().__init__()
        self.source = Source(
            *(self.dataset, root, cache, samples.feature),
            *(suppress or (), without or (), features, emotions),
        )
        self.samples = samples
        self.batch_size, self.validation = batch_size, validation or 0
        self._epoch = 0

    def choose(self, subject: str, seed: int) -> Fold:
        """Leave out `subject`; all random choices of the fold follow from (seed, subject).

        Raises:
            MetstError: nothing of the data set can be used.
            ConfigError: more validation subjects than the fold can spare.
        """
        fold = Fold(subject, seed, self.source.recordings(), self.source.emotions.classes)
        self.fold = fold.validated(self.validation) if self.validation else fold
        self.samples.open(self.fold, self.source)
        return self.fold

    # What the trainer asks for

    def train_dataloader(self) -> DataLoader[Batch]:
        """Shuffled, augmented training samples; a batch is drawn from its own key."""
        training = self.samples.training()
        size = self.samples.batch_size or self.batch_size
        batches = KeyedBatches(training, size, self._epoch)
        if self.trainer and self.trainer.overfit_batches:  # type: ignore[attr-defined]
            return DataLoader(SameBatches(training, batches), batch_size=None)
        return DataLoader(training, sampler=batches, batch_size=None)

    def val_dataloader(self) -> DataLoader[Batch] | Sequence[DataLoader[Batch]]:
        """Samples of the validation subjects, in order; nothing where there are none."""
        return self._in_order(self.samples.validation()) if self.validation else ()

    def test_dataloader(self) -> DataLoader[Batch]:
        """All samples of the left-out subject, in order."""
        return self._in_order(self.samples.testing())

    def _in_order(self, samples: SampleSet) -> DataLoader[Batch]:
        size = self.samples.batch_size or self.batch_size
        batches = list(in_batches(torch.arange(len(samples)), size, epoch=0))
        return DataLoader(samples, sampler=batches, batch_size=None)

    def state_dict(self) -> dict[str, int]:
        """The epoch that a resumed training begins with.

        Lightning asks for the loader of a resumed training before it knows the epoch itself.
        """
        return {"epoch": self.trainer.current_epoch + 1 if self.trainer else 0}

    def load_state_dict(self, state_dict: dict[str, int]) -> None:
        """What `state_dict` gave."""
        self._epoch = state_dict["epoch"]
