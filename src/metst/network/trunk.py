"""A pathway's state transition blocks (ME-TST, section II-B)."""

from typing import cast

import torch
from torch import Tensor, nn

from metst.network.mixer import Memory, Mixer


class Block(nn.Module):
    """x + normed Mamba of normed x, dropped per window at `drop` while training."""

    def __init__(self, mixer: Mixer, width: int, drop: float) -> None:
        super().__init__()
        self.norm_before = nn.LayerNorm(width)
        self.mixer = mixer
        self.norm_after = nn.LayerNorm(width)
        self.drop = drop

    def forward(self, x: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, T, D) -> (B, T, D)."""
        change: Tensor = self.norm_after(self.mixer(self.norm_before(x), memory))
        if self.training and self.drop > 0:
            kept = torch.rand(x.shape[0], 1, 1, device=x.device) >= self.drop
            change = change * (kept / (1 - self.drop))
        return x + change


class Trunk(nn.ModuleList):
    """`depth` blocks in a row: (B, T, D) -> (B, T, D)."""

    def __init__(
        self,
        width: int,
        depth: int,
        state: int,
        expand: int,
        conv: int,
        drop_path: float,
        backend: str,
    ) -> None:
        super().__init__(
            Block(Mixer(width, state, expand, conv, backend), width, drop)
            for drop in drop_rates(drop_path, depth)
        )

    def forward(self, x: Tensor, memories: list[Memory] | None = None) -> Tensor:
        """Run the blocks, each with its memory where the frames continue earlier ones."""
        if memories is not None and not x.shape[1]:
            return x
        for index, block in enumerate(self):
            x = block(x, None if memories is None else memories[index])
        return x

    def start(self, batch: int) -> list[Memory]:
        """Memories before the first frame of `batch` videos."""
        return [cast("Block", block).mixer.start(batch) for block in self]


def drop_rates(highest: float, depth: int) -> list[float]:
    """Rate of stochastic depth per block: 0, then rising evenly from 0 toward `highest`.

    The authors' released code shifts the usual ramp by one block, so that the last block stays one
    step below `highest`.
    """
    ramp = [highest * index / max(1, depth - 1) for index in range(depth)]
    return [0.0, *ramp[:-1]]
