"""A video through the network in parts: same outputs, constant memory."""

from abc import abstractmethod
from typing import Any, ClassVar, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from metst.base.errors import ConfigError
from metst.network.stem import Stem, StreamedLayer

Outputs = tuple[Tensor, Tensor]
"""Scores (B, m) and logits (B, m, E + 1) of the m frames that are complete."""


class Streamed(Protocol):
    """A window on its way through a network in eval mode; its outputs are those of the whole."""

    def push(self, flow: Tensor, /) -> Outputs:
        """Take the next columns (B, C, n), give the frames that they complete."""

    def finish(self) -> Outputs:
        """The last frames."""


@runtime_checkable
class Streaming(Protocol):
    """What `metst stream` asks of a network, which may be one's own.

    Attributes:
        delay: frames that outputs come late, at most.
    """

    delay: ClassVar[int]

    def stream(self) -> Streamed:
        """Begin a window."""


class Streamable(nn.Module):
    """A network in parts: stem, trunks with memories, heads; `METST` and `SlowFast` are.

    Attributes:
        stem: takes flow (B, C, T).
        spotting: head of the first pathway.
        recognition: head of the second.
        delay: frames that outputs come late in a stream, at most.
    """

    delay: ClassVar[int]
    stem: Stem
    spotting: nn.Linear
    recognition: nn.Linear

    @abstractmethod
    def start(self, like: Tensor) -> list[Any]:
        """Memory of each trunk before the first frame; `like` (B, ...) is of the batch."""

    @abstractmethod
    def transit(
        self, x: Tensor, memories: list[Any] | None = None, last: bool = False
    ) -> tuple[Tensor, Tensor]:
        """Features of both pathways, 2 x (B, m, D), from where `memories` left off.

        Args:
            x: frames after the stem (B, T, D).
            memories: from `start`; they are brought up to date.
            last: whether no frames follow.
        """

    def heads(self, spotting: Tensor, recognition: Tensor) -> tuple[Tensor, Tensor]:
        """Features of the two pathways (B, T, D) to scores (B, T) and logits (B, T, E)."""
        score = self.spotting(spotting).squeeze(-1).sigmoid()  # (B, T, D) -> (B, T)
        return score, self.recognition(recognition)

    def stream(self) -> "Stream":
        """Feed a video a few columns at a time: equal outputs, a little late, constant memory.

        Raises:
            ConfigError: the network is in training mode, whose batch norms need whole windows.
        """
        return Stream(self)


class Stream:
    """One video, or B videos in step, on the way through a network in eval mode.

    Outputs come two frames late, as the stem's two centered convolutions look one frame ahead each,
    or three frames (`SlowFast`, whose outputs come in pairs).
    """

    def __init__(self, network: Streamable) -> None:
        if network.training:
            msg = "a stream needs the network in eval mode: call network.eval() first"
            raise ConfigError(msg)
        self._network = network
        self._layers: list[StreamedLayer] = []
        self._memories: list[Any] = []

    @torch.no_grad()
    def push(self, flow: Tensor) -> tuple[Tensor, Tensor]:
        """Take the next k >= 1 columns (B, C, k), give the m outputs that they complete.

        Returns:
            Scores (B, m) and logits (B, m, E); of `METST`, m is k, but the first two frames' worth
            come later.
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
        outputs = self._transit(second.push(first.push(self._nothing, last=True), last=True), True)
        self._layers, self._memories = [], []
        return outputs

    def _start(self, flow: Tensor) -> None:
        stem = self._network.stem
        self._layers = [StreamedLayer(stem.first, flow), StreamedLayer(stem.second, flow)]
        self._memories = self._network.start(flow)
        self._nothing = flow[..., :0]

    def _transit(self, x: Tensor, last: bool = False) -> tuple[Tensor, Tensor]:
        """Trunks and heads on the frames (B, D, m) that the stem has completed."""
        return self._network.heads(*self._network.transit(x.mT, self._memories, last))
