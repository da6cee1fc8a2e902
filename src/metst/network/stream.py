"""A video through the network in parts: same outputs, constant memory."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from metst.errors import ConfigError
from metst.network.mixer import Memory
from metst.network.stem import KERNEL, without_padding

if TYPE_CHECKING:
    from metst.network.model import METST


class Stream:
    """The state of one video, or of B in step, on its way through a network in eval mode.

    Outputs come two frames late: the stem's two centered convolutions look one frame ahead each.
    """

    def __init__(self, network: "METST") -> None:
        if network.training:
            msg = "a stream needs the network in eval mode: call network.eval() first"
            raise ConfigError(msg)
        self._network = network
        self._margins: list[Tensor] = []
        self._memories: list[list[Memory]] = []

    @torch.no_grad()
    def push(self, flow: Tensor) -> tuple[Tensor, Tensor]:
        """Take the next k >= 1 columns (B, C, k), give the outputs that they complete.

        Returns:
            Scores (B, m) and logits (B, m, E): the first push of all gives m = max(0, k - 2)
            frames, later ones what is due.
        """
        if not self._memories:
            self._start(flow)
        x = flow
        for index, layer in enumerate(self._network.stem):
            x = self._convolve(index, layer, x)
        return self._transit(x)

    @torch.no_grad()
    def finish(self) -> tuple[Tensor, Tensor]:
        """Outputs of the last frames; the stream then stands at the start of a new video."""
        if not self._memories:
            msg = "the stream has no frames to finish: push some first"
            raise ConfigError(msg)
        x = self._margins[0].new_zeros(0)
        for index, layer in enumerate(self._network.stem):
            pad = self._margins[index].new_zeros(*self._margins[index].shape[:2], KERNEL // 2)
            x = pad if x.numel() == 0 else torch.cat([x, pad], dim=-1)
            x = self._convolve(index, layer, x)
        outputs = self._transit(x)
        self._margins, self._memories = [], []
        return outputs

    def _start(self, flow: Tensor) -> None:
        """Zero margins in front of the first frame, as the convolutions pad, and zero states."""
        batch, width = flow.shape[0], self._network.config["width"]
        self._margins = [
            flow.new_zeros(batch, channels, KERNEL // 2) for channels in (flow.shape[1], width)
        ]
        self._memories = [trunk.start(batch) for trunk in self._network.trunks]

    def _convolve(self, index: int, layer: nn.Module, x: Tensor) -> Tensor:
        """One layer of the stem where its margin is known: all frames but the newest."""
        x = torch.cat([self._margins[index], x], dim=-1)
        self._margins[index] = x[..., -(KERNEL - 1) :]
        if x.shape[-1] < KERNEL:
            return x.new_zeros(x.shape[0], self._network.config["width"], 0)
        return without_padding(layer, x)

    def _transit(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Trunks and heads on the frames that the stem has completed: (B, D, m)."""
        x = x.transpose(1, 2)  # (B, D, m) -> (B, m, D)
        if x.shape[1] == 0:
            return self._network.heads(x, x)
        trunks = zip(self._network.trunks, self._memories, strict=True)
        features = [trunk(x, memories) for trunk, memories in trunks]
        return self._network.heads(features[0], features[-1])
