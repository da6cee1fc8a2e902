"""The network of SFAMNet (2024): three streams with attention, and a head per task.

Modules are named as in the released weights, which `load_state_dict` therefore takes. Those hold
batch norms as well that the published network never calls; their entries are passed over.

Shapes: B images, E emotion classes.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d

from metst.network.convolution import Convolution

WIDTH = 3  # channels of a stream
HEAD = 8  # filters of a head


class Network(nn.Module):
    """Spotting score and emotion logits of flow images.

    Args:
        emotions: E; the neutral class is added, last.
    """

    def __init__(self, emotions: int) -> None:
        super().__init__()
        self.c1, self.c2, self.c3 = (nn.Sequential(Block()) for _ in range(3))
        self.conv1, self.conv2 = (Convolution(3 * WIDTH, HEAD, 5) for _ in range(2))
        self.fc_spot = nn.Linear(7 * 7 * HEAD, 1)
        self.fc_recog = nn.Linear(7 * 7 * HEAD, emotions + 1)
        self.register_load_state_dict_pre_hook(_drop_norms)  # type: ignore[no-untyped-call]

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Scores (B,) in [0, 1] and logits (B, E + 1) of images (B, 3, 42, 42)."""
        streams = zip((self.c1, self.c2, self.c3), torch.split(images, 1, dim=1), strict=True)
        features = torch.cat([max_pool2d(net(image), 3) for net, image in streams], 1)
        # features: (B, 9, 14, 14); each head pools them to (B, 8, 7, 7) and flattens
        spot, recog = (
            max_pool2d(head(features), 3, stride=2, padding=1).flatten(1)
            for head in (self.conv1, self.conv2)
        )
        return self.fc_spot(spot).squeeze(1).sigmoid(), self.fc_recog(recog)


class Block(nn.Module):
    """A residual block whose channels and pixels are gated."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = Convolution(1, WIDTH, 5, bias=False)
        self.conv2 = Convolution(WIDTH, WIDTH, 5, bias=False)
        self.downsample = nn.Sequential(Convolution(1, WIDTH, 1, bias=False))
        self.cbam = nn.Sequential()
        self.cbam.add_module("ChannelGate", ChannelGate())
        self.cbam.add_module("SpatialGate", SpatialGate())

    def forward(self, image: Tensor) -> Tensor:
        """(B, 1, 42, 42) -> (B, 3, 42, 42)."""
        features = self.cbam(self.conv2(self.conv1(image).relu()))
        shortcut: Tensor = self.downsample(image)
        rectified: Tensor = (features + shortcut).relu()
        return rectified


class ChannelGate(nn.Module):
    """Weighs channels by what a small network makes of their mean and maximum."""

    def __init__(self) -> None:
        super().__init__()
        layers = nn.Flatten(), nn.Linear(WIDTH, 1), nn.ReLU(), nn.Linear(1, WIDTH)
        self.mlp = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, 42, 42), gated."""
        gate = self.mlp(x.mean((2, 3))) + self.mlp(x.amax((2, 3)))  # (B, 3)
        gated: Tensor = x * gate.sigmoid()[:, :, None, None]
        return gated


class SpatialGate(nn.Module):
    """Weighs pixels by a convolution of the maximum and the mean of their channels."""

    def __init__(self) -> None:
        super().__init__()
        self.spatial = nn.Sequential()
        self.spatial.add_module("conv", Convolution(2, 1, 7, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, 42, 42), gated."""
        pooled = torch.cat([x.amax(1, keepdim=True), x.mean(1, keepdim=True)], 1)
        gated: Tensor = x * self.spatial(pooled).sigmoid()  # (B, 3, 42, 42) * (B, 1, 42, 42)
        return gated


def _drop_norms(_: nn.Module, state: dict[str, Any], prefix: str, *__: object) -> None:
    """Pass over the batch norms `bn`, `bn1`, `bn2` of released weights."""
    for name in list(state):
        parts = name.removeprefix(prefix).split(".")
        if name.startswith(prefix) and any(part.startswith("bn") for part in parts):
            del state[name]
