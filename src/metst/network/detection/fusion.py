"""LGSNet's fusion: the finest level from itself and the map before its last pooling.

Shapes: B windows, D channels, T steps.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool1d, mish, pad

_GROUPS = 8


def _convolution(inputs: int, outputs: int, size: int, stride: int = 1) -> nn.Sequential:
    layer = nn.Conv1d(inputs, outputs, size, stride, size // 2)
    return nn.Sequential(layer, nn.GroupNorm(_GROUPS, outputs))


class Gate(nn.Module):
    """Weighs steps by what a linear map over time makes of the mean channel."""

    def __init__(self, steps: int, outputs: int) -> None:
        super().__init__()
        self.over_time = nn.Conv1d(steps, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, D, T) -> (B, 1, outputs) in 0..1."""
        mean = x.mean(1)[:, :, None]  # (B, T, 1)
        gate: Tensor = self.over_time(mean).sigmoid().transpose(1, 2)
        return gate


class Plain(nn.Module):
    """A residual unit that keeps the steps."""

    def __init__(self, channels: int, steps: int) -> None:
        super().__init__()
        self.conv3, self.conv1 = (_convolution(channels, channels, size) for size in (3, 1))
        self.norm, self.gate = nn.GroupNorm(_GROUPS, channels), Gate(steps, steps)

    def forward(self, x: Tensor) -> Tensor:
        """(B, D, T) -> (B, D, T)."""
        normed = self.norm(x)
        return mish(self.conv3(x) + self.conv1(x) + normed * self.gate(normed))


class Pooled(nn.Module):
    """A residual unit with a maximum over two steps.

    Args:
        inputs: channels of the input.
        outputs: channels of the output.
        steps: of the input.
        stride: 2 halves the steps, 1 keeps them.
    """

    def __init__(self, inputs: int, outputs: int, steps: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.conv3, self.conv1 = (
            _convolution(inputs, outputs, 3, stride),
            _convolution(inputs, outputs, 1),
        )
        self.norm = nn.GroupNorm(_GROUPS, inputs)  # stored and counted, as published; never used
        self.gate = Gate(steps, steps // stride)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, T) -> (B, outputs, T / stride)."""
        padded = pad(x, (0, 2 - self.stride))
        both = self.conv3(x) + self.conv1(max_pool1d(padded, 2, self.stride))
        return mish(both * self.gate(x))


class Fusion(nn.Module):
    """The finest level (B, D, T) and the map before it (B, D, 2 T), fused."""

    def __init__(self, channels: int, steps: int) -> None:
        super().__init__()
        self.enhance = nn.Sequential(Plain(channels, steps), nn.GroupNorm(_GROUPS, channels))
        self.base = nn.Sequential(
            Plain(channels, 2 * steps),
            Pooled(channels, channels, 2 * steps, stride=2),
            nn.GroupNorm(_GROUPS, channels),
        )
        self.fuse = Pooled(2 * channels, channels, steps, stride=1)

    def forward(self, finest: Tensor, before: Tensor) -> Tensor:
        """(B, D, T)."""
        both = torch.cat([self.base(before), self.enhance(finest)], 1)
        fused: Tensor = self.fuse(both)
        return fused
