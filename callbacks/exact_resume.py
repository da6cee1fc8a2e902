"""Training that can be stopped at any time and gives the same weights all the same."""

from typing import Any, cast

import torch
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint

from metst.base.randomness import derived_seed
from metst.samples.data import FoldData


class ExactResume(ModelCheckpoint):
    """Keeps `last.ckpt` in the fold's folder, written at each epoch's end.

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
