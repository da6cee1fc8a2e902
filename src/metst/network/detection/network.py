"""The whole detector: base, pyramid of levels, blocks, heads.

Shapes: B windows, C channels and T vectors of a window, P points, A = 5 P anchors.
"""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from metst.network.detection.blocks import GlobalBlock, LocalBlock
from metst.network.detection.fusion import Fusion
from metst.network.detection.heads import Heads, Outputs

_BASE = 9  # taps
_POOLED = 4  # vectors per step of the base


@dataclass(frozen=True)
class Shape:
    """Sizes of a detector.

    Attributes:
        vectors: T.
        base: channels of the base.
        widths: channels of each level.
        strides: of each level's convolution.
        reduced: channels that every level is brought to.
        hidden: channels inside the heads.
        block: LSSNet's (`local`) or LGSNet's (`global`).
        blocks: lengths of the levels that pass through it.
        fused: whether the finest level is fused with what comes before it.
    """

    vectors: int
    base: int
    widths: tuple[int, ...]
    strides: tuple[int, ...]
    reduced: int
    hidden: int
    block: Literal["local", "global"]
    blocks: tuple[int, ...]
    fused: bool


class Detector(nn.Module):
    """Classes and places of intervals in windows of features.

    Args:
        channels: C.
        shape: its sizes.
    """

    def __init__(self, channels: int, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.base = nn.ModuleList(
            nn.Sequential(nn.Conv1d(inputs, shape.base, _BASE, padding=_BASE // 2), nn.Mish())
            for inputs in (channels, shape.base)
        )
        inputs = (shape.base, *shape.widths[:-1])
        self.levels = nn.ModuleList(
            nn.Sequential(nn.Conv1d(before, width, 3, stride, padding=1), nn.Mish())
            for before, width, stride in zip(inputs, shape.widths, shape.strides, strict=True)
        )
        self.reduce = nn.ModuleList(
            nn.Sequential(nn.Conv1d(width, shape.reduced, 1), nn.Mish()) for width in shape.widths
        )
        steps = shape.vectors // _POOLED // shape.strides[0]
        self.fusion = Fusion(shape.widths[0], steps) if shape.fused else None
        local = shape.block == "local"
        self.block = (
            LocalBlock(shape.reduced, shape.vectors) if local else GlobalBlock(shape.reduced)
        )
        self.heads = Heads(shape.reduced, shape.hidden)
        self.pool = nn.MaxPool1d(2)
        for layer in self.modules():
            if isinstance(layer, nn.Conv1d):
                nn.init.kaiming_uniform_(layer.weight)
                assert layer.bias is not None
                nn.init.zeros_(layer.bias)

    def forward(self, features: Tensor) -> Outputs:
        """Features (B, C, T) to what is answered for each point and anchor."""
        before = self.pool(self.base[0](features))
        level, levels = self.pool(self.base[1](before)), []
        for convolution in self.levels:
            level = convolution(level)
            levels.append(level)
        if self.fusion is not None:
            levels[0] = self.fusion(levels[0], before)
        reduced = [reduce(level) for reduce, level in zip(self.reduce, levels, strict=True)]
        outputs: Outputs = self.heads(
            [self.block(x) if x.shape[2] in self.shape.blocks else x for x in reduced]
        )
        return outputs
