"""A callback that cannot do one fold."""

from lightning.pytorch import Callback, LightningModule, Trainer

from metst.base.errors import MetstError


class Broken(Callback):
    """Fails in the fold of the second subject."""

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:  # noqa: ARG002
        if trainer.default_root_dir.endswith("spNO.2"):
            msg = "spNO.2 is too difficult"
            raise MetstError(msg)
