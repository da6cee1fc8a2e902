"""Training that can be stopped at any time and gives the same weights all the same."""

import time
from typing import Any, cast

import torch
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint

from callbacks.last_epoch import is_last_epoch
from metst.base.randomness import derived_seed
from metst.samples.data import FoldData

SHARE = 0.1
"""Of the time of a training, at most, that writing checkpoints takes."""

QUICK = 0.2
"""Seconds in which a checkpoint is written that costs nothing worth saving."""


class ExactResume(ModelCheckpoint):
    """Keeps `last.ckpt` in the fold's folder, written at the end of epochs.

    Of each epoch, or, where writing takes long (AlexNet's takes two seconds, as does an epoch of
    40 images), of so many that it takes a tenth of the time. That of the last one is always
    written, and so is that of an epoch after which training is asked to stop.

    Random layers are seeded anew for every batch from (seed, subject, epoch, batch), so that an
    epoch that is repeated after an interruption draws what it drew before. Batches and their
    augmentation are keyed the same way by the data module.
    """

    def __init__(self) -> None:
        super().__init__(
            filename="last",
            every_n_epochs=1,
            save_on_train_epoch_end=True,
            enable_version_counter=False,
        )
        self._due = 0.0  # when the next one may be written

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write the checkpoint, if it is time."""
        start = time.monotonic()
        if start < self._due and not is_last_epoch(trainer):
            return
        super().on_train_epoch_end(trainer, pl_module)
        took = time.monotonic() - start
        self._due = start + took / SHARE if took > QUICK else start

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """The folder is the fold's, which is known only now."""
        self.dirpath = trainer.default_root_dir
        super().setup(trainer, pl_module, stage)

    def on_train_batch_start(
        self,
        trainer: Trainer,
        pl_module: LightningModule,  # noqa: ARG002
        batch: Any,  # noqa: ANN401, ARG002 - Lightning's signature
        batch_idx: int,
    ) -> None:
        """Seed stochastic depth and every other random layer."""
        data = cast(FoldData, trainer.datamodule)  # type: ignore[attr-defined]
        torch.manual_seed(derived_seed(*data.fold.key, trainer.current_epoch, batch_idx))
