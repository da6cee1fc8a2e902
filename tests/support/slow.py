"""A callback that makes epochs long, for those who interrupt them."""

import time
from typing import Any

from lightning.pytorch import Callback


class Slow(Callback):
    """Waits before each batch.

    Args:
        seconds: how long.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def on_train_batch_start(self, *_: Any) -> None:  # noqa: ANN401 - Lightning's signature
        time.sleep(self.seconds)
