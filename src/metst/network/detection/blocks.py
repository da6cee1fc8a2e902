"""What relates parts of a level to each other before the heads: LSSNet's block and LGSNet's.

Shapes: B windows, R channels, T steps of a level, W neighbours.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, layer_norm, mish, pad

_LEAST = 0.45  # of a value that LSSNet's block passes on


def neighbours(x: Tensor, width: int) -> Tensor:
    """(..., N, T) -> (..., N, T, W): places n - W / 2 ... n + W / 2 - 1, zero beyond both ends."""
    return pad(x, (0, 0, width // 2, width // 2 - 1)).unfold(-2, width, 1)


class LocalBlock(nn.Module):
    """LSSNet's: each channel attends to those beside it.

    Args:
        channels: R; half of it, P, inside.
        span: T times neighbours: half the frames of a window.
    """

    DROPOUT = 0.3

    def __init__(self, channels: int, span: int) -> None:
        super().__init__()
        inner = channels // 2
        self.span = span
        self.down, self.up = nn.Conv1d(channels, inner, 1), nn.Conv1d(inner, channels, 1)
        self.theta = nn.Conv1d(inner, inner, 1)  # stored and counted, as published; never used
        self.phi, self.g, self.mix = (nn.Conv1d(inner, inner, 1) for _ in range(3))
        self.conv1, self.conv2 = nn.Conv1d(inner, 4 * inner, 1), nn.Conv1d(4 * inner, inner, 1)

    def forward(self, features: Tensor) -> Tensor:
        """(B, R, T) -> (B, R, T)."""
        x = self.down(features)  # (B, P, T)
        around = neighbours(self.g(x), self.span // x.shape[2])  # (B, P, T, W)
        shares = torch.einsum("bjt,bjtw->bjw", self.phi(x), around) / math.sqrt(x.shape[1])
        shares = self._drop(shares.softmax(-1))
        passed = torch.where(around >= _LEAST, around, 0.0)
        mixed = self._drop(self.mix(torch.einsum("bjw,bjtw->bjt", shares, passed)))
        y = layer_norm(mixed + x, x.shape[1:])
        hidden = mish(self._drop(self.conv1(y)))
        up: Tensor = self.up(layer_norm(self._drop(self.conv2(hidden)) + y, x.shape[1:]))
        return up

    def _drop(self, x: Tensor) -> Tensor:
        return dropout(x, self.DROPOUT, self.training)


class GlobalBlock(nn.Module):
    """LGSNet's: attention between all steps, gated by attention between neighbouring ones."""

    DROPOUT, SHARES = 0.2, 0.1  # rates: of features and of attention

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.theta, self.phi, self.g, self.mix = (nn.Conv1d(channels, channels, 1) for _ in "tpgm")
        self.gate = nn.Conv1d(1, 1, 1)
        self.linear1, self.linear2 = (
            nn.Linear(channels, 4 * channels),
            nn.Linear(4 * channels, channels),
        )
        self.norm1, self.norm2 = nn.LayerNorm(channels), nn.LayerNorm(channels)

    def forward(self, features: Tensor) -> Tensor:
        """(B, R, T) -> (B, R, T)."""
        scale = math.sqrt(features.shape[1])
        theta, phi, g = self.theta(features), self.phi(features), self.g(features)
        shares = self._shares(torch.einsum("bct,bcs->bts", phi, theta) / scale)
        everywhere = self.mix(torch.einsum("bts,bcs->bct", shares, g))
        gated = everywhere * self._gate(phi, g, scale)
        u = self.norm1((self._drop(gated) + features).transpose(1, 2))  # (B, T, R)
        hidden = self._drop(mish(self._drop(self.linear1(u))))
        normed: Tensor = self.norm2(self._drop(self.linear2(hidden)) + u)
        return normed.transpose(1, 2)

    def _gate(self, phi: Tensor, g: Tensor, scale: float) -> Tensor:
        """(B, 1, T) in 0..1, from what is near each step."""
        width = g.shape[2] // 4
        around = neighbours(g.transpose(1, 2), width)  # (B, T, R, W)
        shares = self._shares(torch.einsum("bct,btcw->btw", phi, around) / scale)
        near = torch.einsum("btw,btcw->bt", shares, around) / g.shape[1]  # mean over channels
        gate: Tensor = self.gate(near[:, None]).sigmoid()
        return gate

    def _shares(self, scores: Tensor) -> Tensor:
        return dropout(scores.softmax(-1), self.SHARES, self.training)

    def _drop(self, x: Tensor) -> Tensor:
        return dropout(x, self.DROPOUT, self.training)
