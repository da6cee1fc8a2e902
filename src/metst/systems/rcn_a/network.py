"""The network of RCN-A (2020), with the module names of the published code.

Shapes: B images, S pixels, E emotion classes, F channels, P x P pooled pixels.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, max_pool2d


class Network(nn.Module):
    """Emotion logits of flow images: a recurrent convolution, and attention by class weights.

    Args:
        emotions: E.
        width: F.
        pooled: P.
        dropout: rate after the stem and after the recurrent layers.
    """

    def __init__(self, emotions: int, width: int, pooled: int, dropout: float) -> None:
        super().__init__()
        self.pooled = pooled
        self.conv1 = _layer(3, width, 5, padding=0)
        self.rcls = nn.Sequential(Recurrent(width))
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(width * pooled**2, emotions)
        _initialize(self)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (B, E) of images (B, 3, S, S) with values 0..255."""
        x = self.stem(images)
        y = self.dropout(max_pool2d(self.rcls(x), 2))
        y = adaptive_avg_pool2d(y, self.pooled) * self.attention(x)  # (B, F, P, P)
        logits: Tensor = self.classifier(y.flatten(1))  # (B, F * P * P) -> (B, E)
        return logits

    def stem(self, images: Tensor) -> Tensor:
        """Features (B, F, (S - 4) // 2, (S - 4) // 2)."""
        features: Tensor = self.dropout(max_pool2d(self.conv1(images / 255), 2))
        return features

    def attention(self, x: Tensor) -> Tensor:
        """Attention (B, 1, P, P) by features of the stem; 1 for a class whose map is constant.

        Gradients flow through the classifier's weights here, too.
        """
        x = adaptive_avg_pool2d(x, self.pooled)  # (B, F, P, P)
        weights = self.classifier.weight.reshape(-1, *x.shape[1:])  # (E, F, P, P)
        maps = torch.einsum("bfhw,efhw->behw", x, weights) / x.shape[1]  # mean over F
        maps = maps - maps.amin((2, 3), keepdim=True)
        top = maps.amax((2, 3), keepdim=True)
        varied = top > 0
        scaled = torch.where(varied, maps / top.where(varied, 1), 1)  # 0..1
        return scaled.mean(1, keepdim=True)


class Recurrent(nn.Module):
    """One layer 1 x 1, then twice the same layer 3 x 3 on the sum of its output and the input."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.ffconv = _layer(width, width, 1, padding=0)
        self.rrconv = _layer(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, H, W), same sizes."""
        y: Tensor = self.ffconv(x)
        for _ in range(2):
            y = self.rrconv(x + y)
        return y


def _layer(inputs: int, outputs: int, size: int, padding: int) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, size, padding=padding)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU())


def _initialize(network: nn.Module) -> None:
    """As published; biases of convolutions and norms stay as torch makes them."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=0.01)
            nn.init.zeros_(module.bias)
