"""Whether an epoch is the last one of a training."""

from lightning.pytorch import Trainer


def is_last_epoch(trainer: Trainer) -> bool:
    """Whether the epoch that ends is the last one; Lightning knows only when it has ended."""
    epochs, steps = trainer.current_epoch + 1, trainer.global_step
    enough = epochs >= (trainer.min_epochs or 0) and steps >= (trainer.min_steps or 0)
    most = (epochs, trainer.max_epochs), (steps, trainer.max_steps)
    reached = any(limit is not None and 0 <= limit <= count for count, limit in most)
    return reached or (trainer.should_stop and enough)
