"""Keras' conventions, for networks that were published in it: its defaults are not torch's.

Shapes: B images, C channels, H rows, W columns.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from metst.network.convolution import Convolution

EPSILON = 1e-7  # of Adam
_MOMENTUM, _NORM_EPSILON = 0.01, 1e-3  # batch norm: running = 0.99 running + 0.01 new


def norm(channels: int) -> nn.BatchNorm2d:
    """Batch norm; Keras' running variance is the unbiased one, as torch's is."""
    return nn.BatchNorm2d(channels, eps=_NORM_EPSILON, momentum=_MOMENTUM)


def stream(width: int, *after: nn.Module) -> nn.Sequential:
    """A convolution 5 x 5 of one channel, ReLU, layers `after` it, and max-pooling 3 x 3."""
    return nn.Sequential(Convolution(1, width, 5), nn.ReLU(), *after, nn.MaxPool2d(3))


class Streams(nn.ModuleList):
    """Networks of one channel each, whose features are concatenated."""

    def forward(self, images: Tensor) -> Tensor:
        """Images (B, C, H, W), a stream per channel, to features (B, sum of theirs, H', W')."""
        parts = torch.split(images, 1, dim=1)  # C x (B, 1, H, W)
        return torch.cat([net(part) for net, part in zip(self, parts, strict=True)], dim=1)


class Flatten(nn.Module):
    """Flatten in the order (row, column, channel), which the next layer's weights are in."""

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, H * W * C)."""
        return x.permute(0, 2, 3, 1).flatten(1)


def initialize(network: nn.Module) -> None:
    """Glorot-uniform kernels, biases 0, from torch's default generator."""
    for layer in _layers(network):
        nn.init.xavier_uniform_(layer.weight)
        assert layer.bias is not None
        nn.init.zeros_(layer.bias)


def l2(network: nn.Module) -> Tensor:
    """Sum of the squares of all kernels, neither averaged nor halved."""
    return torch.stack([layer.weight.square().sum() for layer in _layers(network)]).sum()


class Adam(torch.optim.Adam):
    """Adam whose epsilon is added to the root of the second moment before its bias is corrected.

    torch adds it afterwards. Gradients must reach only parameters that have had as many steps as
    each other; those without a gradient are passed over and keep their moments.
    """

    def __init__(self, params: Iterable[nn.Parameter], lr: float) -> None:
        super().__init__(params, lr=lr, eps=EPSILON, fused=True)  # one pass over dense layers

    def step(self, closure: Callable[[], Any] | None = None) -> Any:  # noqa: ANN401
        """One step; `closure` computes the gradients."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            moved = [p for p in group["params"] if p.grad is not None and p in self.state]
            steps = 1 + int(self.state[moved[0]]["step"]) if moved else 1
            group["eps"] = EPSILON / math.sqrt(1 - group["betas"][1] ** steps)
        super().step()
        return loss


def _layers(network: nn.Module) -> Sequence[nn.Conv2d | nn.Linear]:
    return [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
