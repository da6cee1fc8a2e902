"""The slow-fast network of ME-TST+ (a trunk per task) and BoostingVRME (one trunk for both).

Shapes: B windows or videos, T frames, C flow channels, D width, E emotion classes and neutral.
"""

from typing import Any, ClassVar, cast

from torch import Tensor, nn

from metst.network.initialization import initialize
from metst.network.settings import check_settings
from metst.network.slow_fast import SlowFastMemory, SlowFastTrunk
from metst.network.stem import Stem
from metst.systems.me_tst.stream import Streamable

PATHWAYS = ("separate", "single")


class SlowFast(Streamable):
    """Spotting score and emotion logits per frame, from two time bases.

    The defaults are the published sizes: 16,653,318 parameters with separate pathways, 8,359,686
    with a single one, everything counted. (The authors' files hold 18,432 and 9,216 more, of norms
    that are never used.)

    Args:
        channels: C, rows of a flow window.
        emotions: emotion classes, without neutral.
        width: D, of the fast path; the slow one is twice as wide.
        stages: see `metst.network.slow_fast.SlowFastTrunk`; so are those up to `drop_path`.
        depth: blocks per stage and path.
        state: N, states per inner channel.
        expand: inner channels per channel of width.
        conv: frames that a block's convolution sees.
        drop_path: highest rate of stochastic depth in a stage.
        pathways: "separate" has a trunk for each task (ME-TST+), "single" one (BoostingVRME).
        init: "released" or "mamba", see `metst.network.initialization`.
        backend: of the scan, see `metst.network.scan.selective_scan`.

    Attributes:
        config: the arguments above, plain values; `SlowFast(**config)` builds the same network.

    Raises:
        ConfigError: an argument out of its range.
    """

    delay: ClassVar[int] = 3
    """Frames that outputs come late in a stream, at most."""

    def __init__(
        self,
        channels: int = 36,
        emotions: int = 4,
        width: int = 128,
        stages: int = 3,
        depth: int = 4,
        state: int = 64,
        expand: int = 2,
        conv: int = 4,
        drop_path: float = 0.2,
        pathways: str = "separate",
        init: str = "released",
        backend: str = "auto",
    ) -> None:
        super().__init__()
        sizes = {"width": width, "stages": stages, "depth": depth, "state": state}
        sizes |= {"expand": expand, "conv": conv}
        self.config: dict[str, Any] = {
            "channels": channels,
            "emotions": emotions,
            **sizes,
            "drop_path": drop_path,
            "pathways": pathways,
            "init": init,
            "backend": backend,
        }
        check_settings("SlowFast", self.config, PATHWAYS)
        self.stem = Stem(channels, width)
        self.trunks = nn.ModuleList(
            SlowFastTrunk(**sizes, drop_path=drop_path, backend=backend)
            for _ in range(2 if pathways == "separate" else 1)
        )
        self.spotting = nn.Linear(3 * width, 1)
        self.recognition = nn.Linear(3 * width, emotions + 1)
        initialize(self, init)

    def forward(self, flow: Tensor) -> tuple[Tensor, Tensor]:
        """Score and classify every frame.

        Args:
            flow: flow windows or whole videos (B, C, T), any T >= 1.

        Returns:
            Spotting scores (B, T) in [0, 1], logits (B, T, E).
        """
        return self.heads(*self.transit(self.stem(flow).mT))  # (B, C, T) -> (B, T, D) -> ...

    def transit(
        self, x: Tensor, memories: list[SlowFastMemory] | None = None, last: bool = False
    ) -> tuple[Tensor, Tensor]:
        """Features of the two pathways: (B, T, D) -> 2 x (B, T, 3 D).

        Args:
            x: frames after the stem.
            memories: of each trunk, see `SlowFastTrunk`.
            last: whether no frames follow.
        """
        states = [None] * len(self.trunks) if memories is None else memories
        features = [trunk(x, at, last) for trunk, at in zip(self.trunks, states, strict=True)]
        return features[0], features[-1]

    def start(self, like: Tensor) -> list[SlowFastMemory]:
        """Memories of every trunk before the first frame of a batch like (B, ...)."""
        return [cast("SlowFastTrunk", trunk).start(like) for trunk in self.trunks]
