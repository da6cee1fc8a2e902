"""A video through the network in parts: same outputs, constant memory."""

from typing import Protocol

import torch
from torch import Tensor

from metst.base.errors import ConfigError
from metst.network.mixer import Memory
from metst.network.stem import MARGIN, Layer, Stem


class Streamable(Protocol):
    """A network in parts: stem, trunks with memories, heads; `METST` has them."""

    training: bool
    stem: Stem

    def start(self, batch: int) -> list[list[Memory]]:
        """Memories before the first frame of `batch` videos."""

    def transit(
        self, x: Tensor, memories: list[list[Memory]] | None = None
    ) -> tuple[Tensor, Tensor]:
        """Features of both pathways, 2 x (B, T, D), from where `memories` left off."""

    def heads(self, spotting: Tensor, recognition: Tensor) -> tuple[Tensor, Tensor]:
        """Scores (B, T) and logits (B, T, E)."""


class Stream:
    """One video, or B videos in step, on the way through a network in eval mode.

    Outputs come two frames late: the stem's two centered convolutions look one frame ahead each.
    """

    def __init__(self, network: Streamable) -> None:
        if network.training:
            msg = "a stream needs the network in eval mode: call network.eval() first"
            raise ConfigError(msg)
        self._network = network
        self._layers: list[_StreamedLayer] = []
        self._memories: list[list[Memory]] = []

    @torch.no_grad()
    def push(self, flow: Tensor) -> tuple[Tensor, Tensor]:
        """Take the next k >= 1 columns (B, C, k), give the m outputs that they complete.

        Returns:
            Scores (B, m) and logits (B, m, E); m is k, but the first two frames' worth come later.
        """
        if not self._layers:
            self._start(flow)
        x = flow
        for layer in self._layers:
            x = layer.push(x)
        return self._transit(x)

    @torch.no_grad()
    def finish(self) -> tuple[Tensor, Tensor]:
        """Outputs of the last frames; the next push starts a new video.

        Raises:
            ConfigError: nothing was pushed.
        """
        if not self._layers:
            msg = "the stream has no frames to finish: push some first"
            raise ConfigError(msg)
        first, second = self._layers
        x = second.push(torch.cat([first.push(first.padding), second.padding], dim=-1))
        outputs = self._transit(x)
        self._layers, self._memories = [], []
        return outputs

    def _start(self, flow: Tensor) -> None:
        stem = self._network.stem
        self._layers = [_StreamedLayer(stem.first, flow), _StreamedLayer(stem.second, flow)]
        self._memories = self._network.start(flow.shape[0])

    def _transit(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Trunks and heads on the m frames that the stem has completed."""
        x = x.transpose(1, 2)  # (B, D, m) -> (B, m, D)
        if x.shape[1] == 0:
            return self._network.heads(x, x)
        return self._network.heads(*self._network.transit(x, self._memories))


class _StreamedLayer:
    """A layer of the stem and the last frames that its next outputs depend on."""

    def __init__(self, layer: Layer, like: Tensor) -> None:
        self._layer = layer
        channels = layer.convolution.in_channels
        self.padding = like.new_zeros(like.shape[0], channels, MARGIN)
        self._recent = self.padding

    def push(self, x: Tensor) -> Tensor:
        """Outputs (B, D, m) of all frames whose right margin is now there."""
        x = torch.cat([self._recent, x], dim=-1)
        self._recent = x[..., -2 * MARGIN :]
        if x.shape[-1] <= 2 * MARGIN:
            return x.new_zeros(x.shape[0], self._layer.convolution.out_channels, 0)
        return self._layer.inside(x)
