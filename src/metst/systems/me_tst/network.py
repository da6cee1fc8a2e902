"""The whole network: stem, one or two trunks of blocks, a head per task.

Shapes: B windows or videos, T frames, C flow channels, D width, E emotion classes and neutral.
"""

from typing import Any, ClassVar, cast

import torch
from torch import Tensor, nn

from metst.network.initialization import initialize
from metst.network.mixer import Memory
from metst.network.settings import check_settings
from metst.network.stem import Stem
from metst.network.trunk import Trunk
from metst.systems.me_tst.stream import Streamable

PATHWAYS = ("separate", "shared", "single")
LONGEST = 1024
"""Frames that inference takes at once; longer videos go through in parts, state carried."""


class METST(Streamable):
    """Micro-expression state transition network: spotting score and emotion logits per frame.

    Args:
        channels: C, rows of a flow window.
        emotions: emotion classes, without neutral.
        width: D.
        depth: blocks per pathway.
        state: N, states per inner channel.
        expand: inner channels per channel of width.
        conv: frames that a block's convolution sees.
        drop_path: highest rate of stochastic depth over the blocks.
        pathways: "separate" has a trunk for each task (ME-TST, section II-B); "shared" runs the
            same trunk for each (the authors' released code), once only in eval mode; "single" runs
            one trunk once for both, also in training.
        init: "released" or "mamba", see `metst.network.initialization`.
        backend: of the scan, see `metst.network.scan.selective_scan`.

    Attributes:
        config: the arguments above, plain values; `METST(**config)` builds the same network.

    Raises:
        ConfigError: an argument out of its range.
    """

    delay: ClassVar[int] = 2
    """Frames that outputs come late in a stream."""

    def __init__(
        self,
        channels: int = 10,
        emotions: int = 4,
        width: int = 64,
        depth: int = 12,
        state: int = 64,
        expand: int = 2,
        conv: int = 4,
        drop_path: float = 0.2,
        pathways: str = "separate",
        init: str = "released",
        backend: str = "auto",
    ) -> None:
        super().__init__()
        self.config: dict[str, Any] = {
            "channels": channels,
            "emotions": emotions,
            "width": width,
            "depth": depth,
            "state": state,
            "expand": expand,
            "conv": conv,
            "drop_path": drop_path,
            "pathways": pathways,
            "init": init,
            "backend": backend,
        }
        check_settings("METST", self.config, PATHWAYS)
        self.stem = Stem(channels, width)
        self.trunks = nn.ModuleList(
            Trunk(width, depth, state, expand, conv, drop_path, backend)
            for _ in range(2 if pathways == "separate" else 1)
        )
        self.spotting = nn.Linear(width, 1)
        self.recognition = nn.Linear(width, emotions + 1)
        initialize(self, init)

    def forward(self, flow: Tensor) -> tuple[Tensor, Tensor]:
        """Score and classify every frame.

        Args:
            flow: flow windows or whole videos (B, C, T), any T >= 1.

        Returns:
            Spotting scores (B, T) in [0, 1], logits (B, T, E).
        """
        if flow.shape[-1] > LONGEST and not self.training and not torch.is_grad_enabled():
            return self._in_parts(flow)
        x = self.stem(flow).transpose(1, 2)  # (B, C, T) -> (B, D, T) -> (B, T, D)
        return self.heads(*self.transit(x))

    def transit(
        self,
        x: Tensor,
        memories: list[list[Memory]] | None = None,
        last: bool = False,  # noqa: ARG002 - every frame is complete when it comes
    ) -> tuple[Tensor, Tensor]:
        """Features of the two pathways, in eval mode from where `memories` left off.

        (B, T, D) -> 2 x (B, T, D).
        """
        twice = self.config["pathways"] == "shared" and self.config["drop_path"] > 0
        if twice and self.training:
            # Stochastic depth differs between the two.
            both = self.trunks[0](torch.cat([x, x]))  # (2B, T, D)
            return both[: len(x)], both[len(x) :]
        states = [None] * len(self.trunks) if memories is None else memories
        features = [trunk(x, state) for trunk, state in zip(self.trunks, states, strict=True)]
        return features[0], features[-1]

    def start(self, like: Tensor) -> list[list[Memory]]:
        """Memories of every trunk before the first frame of a batch like (B, ...)."""
        return [cast("Trunk", trunk).start(len(like)) for trunk in self.trunks]

    def _in_parts(self, flow: Tensor) -> tuple[Tensor, Tensor]:
        """The same outputs with memory that does not grow with T."""
        stream = self.stream()
        parts = [stream.push(part) for part in torch.split(flow, LONGEST, dim=-1)]
        scores, logits = zip(*parts, stream.finish(), strict=True)
        return torch.cat(scores, dim=1), torch.cat(logits, dim=1)
