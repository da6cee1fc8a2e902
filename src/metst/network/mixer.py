"""The Mamba-1 mixer: a causal convolution and a selective scan over time (Gu and Dao 2023).

Shapes: B windows, T frames, D width, I = expand * D inner channels, N states, R rank of delta.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from metst.network.scan import causal_silu, gated, selective_scan

RANK_RATIO = 16  # D / R; the default of Mamba-1


@dataclass
class Memory:
    """What a mixer carries from one part of a video to the next.

    Attributes:
        recent: the convolution's last inputs (B, conv - 1, I).
        state: the scan's state (B, I, N).
    """

    recent: Tensor
    state: Tensor


class Mixer(nn.Module):
    """Mixes along time, causally: (B, T, D) -> (B, T, D)."""

    def __init__(self, width: int, state: int, expand: int, conv: int, backend: str) -> None:
        super().__init__()
        inner, rank = expand * width, math.ceil(width / RANK_RATIO)
        self.sizes = (rank, state, state)
        self.backend = backend
        self.in_proj = nn.Linear(width, 2 * inner, bias=False)
        self.conv = CausalConvolution(inner, conv, backend)
        self.x_proj = nn.Linear(inner, sum(self.sizes), bias=False)
        self.dt_proj = nn.Linear(rank, inner)
        self.A_log = nn.Parameter(torch.arange(1.0, state + 1).log().repeat(inner, 1))  # (I, N)
        self.D = nn.Parameter(torch.ones(inner))
        self.out_proj = nn.Linear(inner, width, bias=False)

    def forward(self, x: Tensor, memory: Memory | None = None) -> Tensor:
        """Mix; a `memory` stands for the frames before these, and is brought up to date."""
        x, gate = self.in_proj(x).chunk(2, dim=-1)  # (B, T, D) -> 2 x (B, T, I)
        x = self.conv(x, memory)
        rates, b, c = self.x_proj(x).split(self.sizes, dim=-1)  # (B, T, I) -> (B, T, R | N | N)
        delta = functional.softplus(self.dt_proj(rates))  # (B, T, R) -> (B, T, I)
        y, state = selective_scan(
            x,
            delta,
            -self.A_log.exp(),
            b,
            c,
            self.D,
            initial_state=None if memory is None else memory.state,
            return_state=True,
            backend=self.backend,
        )
        if memory is not None:
            memory.state = state
        out: Tensor = self.out_proj(gated(y, gate, backend=self.backend))  # (B, T, I) -> (B, T, D)
        return out

    def start(self, batch: int) -> Memory:
        """Memory before the first frame of `batch` videos."""
        inner, states = self.A_log.shape
        return Memory(
            self.A_log.new_zeros(batch, self.conv.taps - 1, inner),
            self.A_log.new_zeros(batch, inner, states),
        )


class CausalConvolution(nn.Module):
    """Silu of a depthwise convolution over the present frame and the `taps - 1` before it."""

    def __init__(self, inner: int, taps: int, backend: str) -> None:
        super().__init__()
        self.taps = taps
        self.backend = backend
        bound = 1 / math.sqrt(taps)  # torch's default for convolutions
        self.weight = nn.Parameter(torch.empty(inner, taps).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(inner).uniform_(-bound, bound))

    def forward(self, x: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, T, I) -> (B, T, I)."""
        lead = 0
        if memory is not None:
            frames, lead = x.shape[1], self.taps - 1
            x = torch.cat([memory.recent, x], dim=1)  # (B, T, I) -> (B, lead + T, I)
            memory.recent = x[:, frames:]
        return causal_silu(x, self.weight, self.bias, lead, backend=self.backend)
