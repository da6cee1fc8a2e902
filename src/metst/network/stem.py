"""Two centered convolutions over time, in front of both pathways (ME-TST, section II-B)."""

from typing import cast

from torch import Tensor, nn

KERNEL = 3  # frames; the authors' released code
DELAY = 2 * (KERNEL // 2)
"""Frames after t that the stem's output at t depends on."""


class Stem(nn.Sequential):
    """Twice a convolution, batch normalization and ReLU: (B, C, T) -> (B, D, T)."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__(_layer(channels, width), _layer(width, width))


def _layer(channels: int, width: int) -> nn.Sequential:
    convolution = nn.Conv1d(channels, width, KERNEL, padding=KERNEL // 2)
    return nn.Sequential(convolution, nn.BatchNorm1d(width), nn.ReLU())


def without_padding(layer: nn.Sequential, x: Tensor) -> Tensor:
    """One layer of a stem on frames that bring their own margins: (B, C, k + 2) -> (B, D, k)."""
    convolution, *rest = layer
    convolution = cast("nn.Conv1d", convolution)
    x = nn.functional.conv1d(x, convolution.weight, convolution.bias)
    for module in rest:
        x = module(x)
    return x
