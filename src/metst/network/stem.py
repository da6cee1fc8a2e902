"""Two centered convolutions over time, in front of both pathways (ME-TST, section II-B)."""

from torch import Tensor, nn
from torch.nn import functional

KERNEL = 3  # frames; the authors' released code
MARGIN = KERNEL // 2
"""Frames on either side that a layer's output depends on."""


class Layer(nn.Module):
    """Convolution over time, batch normalization, ReLU."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(channels, width, KERNEL, padding=MARGIN)
        self.norm = nn.BatchNorm1d(width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T) -> (B, D, T)."""
        return functional.relu(self.norm(self.convolution(x)))

    def inside(self, x: Tensor) -> Tensor:
        """Only where all frames are there, without padding: (B, C, k + 2) -> (B, D, k)."""
        x = functional.conv1d(x, self.convolution.weight, self.convolution.bias)
        return functional.relu(self.norm(x))


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
