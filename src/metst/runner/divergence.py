"""Training that diverges: no result may come of it."""

from collections.abc import Mapping
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor, nn

from metst.base.errors import MetstError

MEND = "lower --model.lr"


class FiniteTraining(Callback):
    """Ends a fold in the epoch in which its loss or its weights stop being finite numbers.

    Every step is looked at, but only at the end of an epoch does the processor wait for a GPU. The
    checkpoint of that epoch is not written any more.

    Raises:
        MetstError: the loss or the weights are not finite.
    """

    def __init__(self) -> None:
        self._finite: Tensor | None = None

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Look at the weights of the checkpoint that training goes on from."""
        if not finite_weights(pl_module):
            where = f"after epoch {trainer.current_epoch}" if trainer.current_epoch else "at first"
            msg = f"weights are not finite {where}; {MEND} and begin anew with --fresh"
            raise MetstError(msg)

    def on_train_batch_end(
        self,
        trainer: Trainer,  # noqa: ARG002
        pl_module: LightningModule,  # noqa: ARG002
        outputs: Any,  # noqa: ANN401 - whatever a module of the user's returns
        *_: Any,  # noqa: ANN401 - Lightning's signature
    ) -> None:
        """Remember, on the device, whether every loss so far was finite."""
        loss = outputs.get("loss") if isinstance(outputs, Mapping) else outputs
        if isinstance(loss, Tensor):
            finite = torch.isfinite(loss.detach()).all()
            self._finite = finite if self._finite is None else self._finite & finite

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Ask for the answer once."""
        epoch = trainer.current_epoch + 1
        if self._finite is not None and not self._finite.item():
            msg = f"loss is not finite in epoch {epoch}; {MEND}"
            raise MetstError(msg)
        if not finite_weights(pl_module):
            msg = f"weights are not finite after epoch {epoch}; {MEND}"
            raise MetstError(msg)


def require_finite(outputs: Mapping[str, Tensor]) -> None:
    """Raise `MetstError` where an output of a network is not finite."""
    for name, values in outputs.items():
        if not torch.isfinite(values).all():
            msg = f"{name} of the network is not finite; {MEND} and begin anew with --fresh"
            raise MetstError(msg)


def finite_weights(module: nn.Module) -> bool:
    """Whether all weights are finite and all buffers numbers: these may be masks of infinities."""
    flags = [torch.isfinite(x.detach()).all() for x in module.parameters()]
    flags += [~x.detach().isnan().any() for x in module.buffers()]
    return not flags or bool(torch.stack(flags).all())
