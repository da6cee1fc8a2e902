"""The weights of the best epoch, and an end of training where none is better."""

import logging
import math
from typing import Any, Literal, cast

from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor

from callbacks.last_epoch import is_last_epoch
from metst.base.errors import ConfigError
from metst.base.settings import require
from metst.samples.data import FoldData

_log = logging.getLogger("metst.callbacks")


class BestEpoch(Callback):
    """Ends training with the weights of the epoch that served the validation subjects best.

    Test, predictions and exports take the last checkpoint, which then holds these weights. The best
    weights so far are in every checkpoint, so that a training that goes on after an interruption
    ends with the same.

    Args:
        patience: epochs without a better one after which training ends; None: it never ends early.
        monitor: what is compared, as `validation_step` logs it.
        mode: whether the least or the greatest is the best.

    Raises:
        ConfigError: it is no number of epochs.
    """

    def __init__(
        self,
        patience: int | None = None,
        monitor: str = "val_loss",
        mode: Literal["min", "max"] = "min",
    ) -> None:
        expected = "a number of epochs, 1 or more"
        require("BestEpoch.patience", patience, patience is None or patience >= 1, expected)
        self.patience, self.monitor, self.mode = patience, monitor, mode
        self._best = math.inf if mode == "min" else -math.inf
        self._epoch = -1  # of the best weights, counted from 0
        self._weights: dict[str, Tensor] = {}
        self._ended = False

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:  # noqa: ARG002
        """Refuse a fold without validation subjects.

        Raises:
            ConfigError: it has none.
        """
        if not _data(trainer).fold.validation:
            msg = "BestEpoch: expected validation subjects, found none; set --data.validation 2"
            raise ConfigError(msg)

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:  # noqa: ARG002
        """A training that had ended is not taken up again."""
        trainer.should_stop = trainer.should_stop or self._ended

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Keep the weights if they are better than any before.

        Raises:
            ConfigError: what is compared was not logged.
        """
        if trainer.sanity_checking:
            return
        logged = trainer.callback_metrics
        if self.monitor not in logged:
            names = ", ".join(sorted(name for name in logged if name.startswith("val_")))
            msg = f"BestEpoch.monitor: expected one of {names}, got {self.monitor}"
            raise ConfigError(msg)
        value = float(logged[self.monitor])
        if value < self._best if self.mode == "min" else value > self._best:
            self._best, self._epoch = value, trainer.current_epoch
            weights = pl_module.state_dict()
            self._weights = {name: x.detach().cpu().clone() for name, x in weights.items()}

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """End training where it is time; the checkpoint of its last epoch is written after this."""
        if self.patience is not None and trainer.current_epoch - self._epoch >= self.patience:
            trainer.should_stop = True
        if not is_last_epoch(trainer):
            return
        self._ended = True
        if self._weights:  # else no epoch had a number
            pl_module.load_state_dict(self._weights)
            self._weights = {}
            found = self._epoch + 1, trainer.current_epoch + 1, self.monitor, self._best
            subject = _data(trainer).fold.subject
            _log.info("fold %s: weights of epoch %d of %d, %s %.6g", subject, *found)

    def state_dict(self) -> dict[str, Any]:
        """For the checkpoint: numbers and tensors."""
        return {
            "best": self._best,
            "epoch": self._epoch,
            "weights": self._weights,
            "ended": self._ended,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """What `state_dict` gave."""
        self._best, self._epoch = state_dict["best"], state_dict["epoch"]
        self._weights, self._ended = state_dict["weights"], state_dict["ended"]


def _data(trainer: Trainer) -> FoldData:
    return cast(FoldData, trainer.datamodule)  # type: ignore[attr-defined]
