"""Callbacks that make epochs long, for those who interrupt them."""

import time
from pathlib import Path
from typing import Any

from lightning.pytorch import Callback, Trainer


class Slow(Callback):
    """Waits before each batch.

    Args:
        seconds: how long.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def on_train_batch_start(self, *_: Any) -> None:  # noqa: ANN401 - Lightning's signature
        time.sleep(self.seconds)


class Held(Callback):
    """Waits after the first epoch until a file exists: nothing ends before the test wants it to.

    Args:
        until: the file.
    """

    def __init__(self, until: Path) -> None:
        self.until = until

    def on_train_epoch_start(self, trainer: Trainer, *_: Any) -> None:  # noqa: ANN401 - as above
        while trainer.current_epoch > 0 and not self.until.exists():
            time.sleep(0.02)
