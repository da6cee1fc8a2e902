"""Training that diverges ends its fold, so that no result comes from it."""

from collections.abc import Mapping
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor, nn

from metst.base.errors import MetstError

ADVICE = "lower --model.lr"


class FiniteTraining(Callback):
    """Ends a fold in the epoch in which its loss or its weights stop being finite numbers.

    Every step is checked, but the processor waits for a GPU only at the end of an epoch. The
    checkpoint of that epoch is not written.

    Raises:
        MetstError: the loss or the weights are not finite.
    """

    def __init__(self) -> None:
        self._finite: Tensor | None = None

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Check the weights that training begins with."""
        if not finite_weights(pl_module):
            where = f"after epoch {trainer.current_epoch}" if trainer.current_epoch else "at first"
            msg = f"weights are not finite {where}; {ADVICE} and begin anew with --fresh"
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
        """Read the answer of all steps from the device, once."""
        epoch = trainer.current_epoch + 1
        if self._finite is not None and not self._finite.item():
            msg = f"loss is not finite in epoch {epoch}; {ADVICE}"
            raise MetstError(msg)
        if not finite_weights(pl_module):
            msg = f"weights are not finite after epoch {epoch}; {ADVICE}"
            raise MetstError(msg)


def require_finite(outputs: Mapping[str, Tensor]) -> None:
    """Raise `MetstError` where an output of a network is not finite."""
    for name, values in outputs.items():
        if not torch.isfinite(values).all():
            msg = f"{name} of the network is not finite; {ADVICE} and begin anew with --fresh"
            raise MetstError(msg)


def finite_weights(module: nn.Module) -> bool:
    """Whether all weights are finite and all buffers numbers: these may be masks of infinities."""
    flags = [torch.isfinite(x.detach()).all() for x in module.parameters()]
    flags += [~x.detach().isnan().any() for x in module.buffers()]
    return not flags or bool(torch.stack(flags).all())
