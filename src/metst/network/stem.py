"""Two centered convolutions over time, in front of both pathways (ME-TST, section II-B)."""

import torch
from torch import Tensor, nn
from torch.nn import functional

KERNEL = 3  # frames; the authors' released code
MARGIN = KERNEL // 2
"""Frames on either side that a layer's output depends on."""


class Layer(nn.Module):
    """Convolution over time, batch normalization, ReLU.

    Args:
        channels: C.
        width: D.
        stride: frames from one output to the next.
    """

    def __init__(self, channels: int, width: int, stride: int = 1) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(channels, width, KERNEL, stride, MARGIN)
        self.norm = nn.BatchNorm1d(width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T) -> (B, D, T), or as many frames as the stride leaves, the first among them."""
        return functional.relu(self.norm(self.convolution(x)))

    def inside(self, x: Tensor) -> Tensor:
        """Only where all frames are there, without padding: (B, C, k + 2) -> (B, D, k)."""
        parts = self.convolution.weight, self.convolution.bias, self.convolution.stride
        return functional.relu(self.norm(functional.conv1d(x, *parts)))


class StreamedLayer:
    """A layer, and the last frames that its next outputs depend on.

    Args:
        layer: the layer, in eval mode.
        like: a tensor (B, ...) of the batch, of the type and on the device of what will come.
    """

    def __init__(self, layer: Layer, like: Tensor) -> None:
        self._layer = layer
        self._stride = layer.convolution.stride[0]
        self._padding = like.new_zeros(len(like), layer.convolution.in_channels, MARGIN)
        self._recent = self._padding

    def push(self, x: Tensor, last: bool = False) -> Tensor:
        """Take the next frames (B, C, k); give outputs (B, D, m) whose right margin is there.

        Args:
            x: the frames.
            last: whether no others follow.
        """
        x = torch.cat([self._recent, x, *[self._padding] * last], dim=-1)
        count = max(0, (x.shape[-1] - KERNEL) // self._stride + 1)
        self._recent = x[..., count * self._stride :]
        if not count:
            return x.new_zeros(len(x), self._layer.convolution.out_channels, 0)
        return self._layer.inside(x[..., : (count - 1) * self._stride + KERNEL])


class Stem(nn.Module):
    """Both layers."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.first = Layer(channels, width)
        self.second = Layer(width, width)

    def forward(self, flow: Tensor) -> Tensor:
        """(B, C, T) -> (B, D, T)."""
        x: Tensor = self.second(self.first(flow))
        return x
