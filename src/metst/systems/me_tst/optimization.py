"""What minimizes the losses: optimizers and learning-rate schedules, by class path."""

from collections.abc import Callable, Iterable

from lightning.pytorch.utilities.types import (
    LRSchedulerConfigType,
    OptimizerLRScheduler,
    OptimizerLRSchedulerConfig,
)
from torch import Tensor
from torch.optim import Adam, Optimizer
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR, ReduceLROnPlateau

from metst.base.errors import ConfigError

MakeOptimizer = Callable[[Iterable[Tensor], float], Optimizer]
"""From weights and learning rate; all of `torch.optim` take them in this order."""

MakeSchedule = Callable[[Optimizer], LRScheduler]
"""One of `torch.optim.lr_scheduler`, its numbers in epochs."""


def optimization(
    weights: Iterable[Tensor],
    lr: float,
    steps: int,
    optimizer: MakeOptimizer | None = None,
    schedule: MakeSchedule | None = None,
) -> OptimizerLRScheduler:
    """What a trainer asks of `configure_optimizers`.

    Args:
        weights: what is trained.
        lr: learning rate; where the schedule is the released one, its peak.
        steps: batches of all epochs.
        optimizer: None: Adam, as released.
        schedule: stepped after each epoch. None: one cycle over all batches, as released.

    Raises:
        ConfigError: the schedule follows a metric, which no checkpoint holds: a training that goes
            on after an interruption would end with other weights.
    """
    made = optimizer(weights, lr) if optimizer else Adam(weights, lr=lr, fused=True)
    if schedule is None:
        cycle = OneCycleLR(made, lr, total_steps=steps)
        return _together(made, {"scheduler": cycle, "interval": "step"})
    stepped = schedule(made)
    if isinstance(stepped, ReduceLROnPlateau):
        msg = (
            f"model.schedule: expected one that follows the epochs, got {type(stepped).__name__}, "
            "which follows a metric; take torch.optim.lr_scheduler.CosineAnnealingLR or the like"
        )
        raise ConfigError(msg)
    return _together(made, {"scheduler": stepped, "interval": "epoch"})


def _together(optimizer: Optimizer, schedule: LRSchedulerConfigType) -> OptimizerLRSchedulerConfig:
    return {"optimizer": optimizer, "lr_scheduler": schedule}
