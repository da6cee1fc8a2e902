"""The network of STSTNet (2019), with the module names of the released weights.

Shapes: B images, E emotion classes.
"""

import torch
from torch import Tensor, nn


class Network(nn.Module):
    """Emotion logits of flow images: three convolutions side by side, each over all channels.

    Args:
        emotions: E.
        dropout: rate after each of them.
    """

    def __init__(self, emotions: int, dropout: float) -> None:
        super().__init__()
        self.conv1, self.conv2, self.conv3 = (nn.Conv2d(3, n, 3, padding=2) for n in (3, 5, 8))
        self.bn1, self.bn2, self.bn3 = (nn.BatchNorm2d(n) for n in (3, 5, 8))
        self.shrink = nn.Sequential(nn.MaxPool2d(3, padding=1), nn.Dropout(dropout))
        self.fc = nn.Linear(16 * 5 * 5, emotions)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (B, E) of images (B, 3, 28, 28) with values 0..255."""
        layers = (self.conv1, self.bn1), (self.conv2, self.bn2), (self.conv3, self.bn3)
        parts = [self.shrink(norm(conv(images).relu())) for conv, norm in layers]
        features = nn.functional.avg_pool2d(torch.cat(parts, 1), 2)  # (B, 16, 10, 10) -> 5 x 5
        logits: Tensor = self.fc(features.flatten(1))  # (B, 400) -> (B, E)
        return logits
