"""The network Dual-Inception: two inception blocks for each component of flow.

Shapes: B images, E emotion classes.
"""

import torch
from torch import Tensor, nn

from metst.network import keras
from metst.network.convolution import Convolution

WIDTHS = (6, 16)  # filters of each branch of the two blocks
HIDDEN = 1024


class Network(nn.Module):
    """Emotion logits of flow images.

    Args:
        emotions: E.
    """

    def __init__(self, emotions: int) -> None:
        super().__init__()
        self.u, self.v = (
            nn.Sequential(*_block(3, WIDTHS[0]), *_block(4 * WIDTHS[0], WIDTHS[1]), keras.Flatten())
            for _ in range(2)
        )
        features = 2 * 7 * 7 * 4 * WIDTHS[1]
        self.head = nn.Sequential(
            nn.Linear(features, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, emotions)
        )
        keras.initialize(self)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (B, E) of images (B, 2, 28, 28), u and v, with values 0..255."""
        grey = (images / 255).unsqueeze(2).expand(-1, -1, 3, -1, -1)  # (B, 2, 3, 28, 28)
        u, v = grey.unbind(1)
        logits: Tensor = self.head(torch.cat([self.u(u), self.v(v)], 1))  # (B, 2 * 3136) -> (B, E)
        return logits


class Inception(nn.Module):
    """Four branches side by side: (B, inputs, H, W) -> (B, 4 * width, H, W)."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            (
                _layers(inputs, width, 1),
                _layers(inputs, width, 1).extend(_layers(width, width, 3)),
                _layers(inputs, width, 1).extend(_layers(width, width, 5)),
                nn.Sequential(nn.MaxPool2d(3, 1, padding=1), *_layers(inputs, width, 1)),
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        """All branches, concatenated."""
        return torch.cat([branch(x) for branch in self.branches], 1)


def _block(inputs: int, width: int) -> tuple[nn.Module, nn.Module]:
    return Inception(inputs, width), nn.MaxPool2d(2)


def _layers(inputs: int, outputs: int, size: int) -> nn.Sequential:
    return nn.Sequential(Convolution(inputs, outputs, size), nn.ReLU())
