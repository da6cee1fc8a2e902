"""Settings that many systems have, refused where nothing can be learned with them."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from metst.base.errors import ConfigError
from metst.base.settings import require

FAULTS = RuntimeError, TypeError, ValueError, IndexError
"""What torch raises of inputs that a network cannot read."""


def check_rates(lr: float, *dropout: float) -> None:
    """Check a learning rate and rates of dropout.

    Raises:
        ConfigError: one is out of its range.
    """
    require("model.lr", lr, 0 < lr < math.inf, "a number above 0")
    for rate in dropout:
        require("model.dropout", rate, 0 <= rate < 1, "0 or a share below 1")


def check_emotions(emotions: int, names: Sequence[str]) -> None:
    """Check that a network has as many classes as the fold, whose emotions are `names`.

    Raises:
        ConfigError: it has another number.
    """
    expected = f"{len(names)}, one for each of {', '.join(names)}"
    require("model.emotions", emotions, emotions == len(names), expected)


def check_images(network: nn.Module, images: Tensor) -> None:
    """Check that a network reads images (B, C, S, S).

    Raises:
        ConfigError: it does not.
    """
    _, channels, size, _ = images.shape
    given = f"data.samples.channels of {channels} planes and data.samples.size {size}"
    try:
        tried(network, images)
    except FAULTS as error:
        advice = "the network reads no such images; keep those of the system's YAML"
        msg = f"{given}: {advice} ({error})"
        raise ConfigError(msg) from error


@torch.no_grad()
def tried(network: nn.Module, inputs: Tensor) -> Any:  # noqa: ANN401 - a network may be one's own
    """What a network gives in eval mode, if it does as expected; its parts keep their modes.

    Raises:
        RuntimeError: it cannot read that, or one of the other `FAULTS`.
    """
    trained = [module for module in network.modules() if module.training]
    network.eval()
    try:
        return network(inputs)
    finally:
        for module in trained:
            module.training = True
