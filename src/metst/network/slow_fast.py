"""A trunk with two time bases: few wide frames beside many narrow ones (ME-TST+, BoostingVRME)."""

from dataclasses import dataclass
from functools import partial
from typing import cast

import torch
from torch import Tensor, nn

from metst.network.mixer import Memory
from metst.network.stem import Layer, StreamedLayer
from metst.network.trunk import Trunk


@dataclass
class SlowFastMemory:
    """What a trunk carries from one part of a video to the next.

    Attributes:
        layers: the layers from the fast path to the slow one, with their recent frames.
        slow: of each stage's blocks.
        fast: likewise.
        waiting: fast features (B, 0 or 1, D) whose slow ones need another frame.
    """

    layers: list[StreamedLayer]
    slow: list[list[Memory]]
    fast: list[list[Memory]]
    waiting: Tensor


class SlowFastTrunk(nn.Module):
    """Stages of blocks at every frame (fast) and, twice as wide, at every second one (slow).

    After each stage but the last, what the fast path has come to is added to the slow one. The fast
    path sees nothing of the slow one. Stochastic depth begins anew in every stage.

    Args:
        width: D, of the fast path.
        stages: how often both paths run `depth` blocks.
        depth: blocks per stage and path.
        state: states per inner channel.
        expand: inner channels per channel of width.
        conv: frames that a block's convolution sees.
        drop_path: highest rate of stochastic depth, see `metst.network.trunk.drop_rates`.
        backend: of the scan.
    """

    def __init__(
        self,
        width: int,
        stages: int,
        depth: int,
        state: int,
        expand: int,
        conv: int,
        drop_path: float,
        backend: str,
    ) -> None:
        super().__init__()
        block = depth, state, expand, conv, drop_path, backend
        self.entry = Layer(width, 2 * width, stride=2)
        self.slow = nn.ModuleList(Trunk(2 * width, *block) for _ in range(stages))
        self.fast = nn.ModuleList(Trunk(width, *block) for _ in range(stages))
        self.fusions = nn.ModuleList(Layer(width, 2 * width, stride=2) for _ in range(stages - 1))

    def forward(
        self, x: Tensor, memory: SlowFastMemory | None = None, last: bool = False
    ) -> Tensor:
        """(B, T, D) -> (B, T, 3 D), slow features first; any T >= 1.

        Each slow frame stands for two; of an odd number of frames the last stands for one.

        Args:
            x: frames.
            memory: what came before them; it is brought up to date. Outputs then come in pairs,
                once both frames are there: (B, m, 3 D) with another m than T.
            last: whether no frames follow these.
        """
        entry, *fusions = (
            [self.entry, *self.fusions]
            if memory is None
            else [partial(layer.push, last=last) for layer in memory.layers]
        )
        slow, fast = entry(x.mT).mT, x  # (B, ceil(T / 2), 2 D), (B, T, D)
        for stage, (wide, narrow) in enumerate(zip(self.slow, self.fast, strict=True)):
            slow = wide(slow, memory and memory.slow[stage])
            fast = narrow(fast, memory and memory.fast[stage])
            if stage < len(fusions):
                slow = slow + fusions[stage](fast.mT).mT
        if memory is not None:
            fast = torch.cat([memory.waiting, fast], dim=1)
            memory.waiting = fast[:, 2 * slow.shape[1] :]
        slow = slow.repeat_interleave(2, dim=1)[:, : fast.shape[1]]  # (B, T, 2 D)
        return torch.cat([slow, fast[:, : slow.shape[1]]], dim=-1)

    def start(self, like: Tensor) -> SlowFastMemory:
        """Memory before the first frame.

        Args:
            like: a tensor (B, ...) of the batch.
        """
        layers = [StreamedLayer(cast("Layer", x), like) for x in (self.entry, *self.fusions)]
        batch, width = len(like), self.entry.convolution.in_channels
        slow, fast = ([cast("Trunk", x).start(batch) for x in y] for y in (self.slow, self.fast))
        return SlowFastMemory(layers, slow, fast, like.new_zeros(batch, 0, width))
