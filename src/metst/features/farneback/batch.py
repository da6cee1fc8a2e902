"""Dense flow of many pairs of images at once, on whatever device torch computes.

OpenCV's `calcOpticalFlowFarneback` for images of different sizes in one batch, each as if alone.

Legend: N sizes of at most H x W pixels, F frames of each; h x w at some level of the pyramid.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

from metst.features.farneback.axis import Size
from metst.features.farneback.filters import levels_of
from metst.features.farneback.level import Level
from metst.features.farneback.parameters import DEFAULT, Parameters

Pyramid = list[Tensor]
"""Expansions (5, N, h, F, w) at falling scales, the images' own scale last."""


class BatchedFarneback:
    """The method, made ready for images of given sizes.

    Args:
        sizes: height and width of the images of each group (N).
        extent: height and width (H, W) of the arrays that they come in.
        device: where they are.
        parameters: of the method.
    """

    def __init__(
        self,
        sizes: Sequence[Size],
        extent: Size,
        device: torch.device,
        parameters: Parameters = DEFAULT,
    ) -> None:
        self.parameters = parameters
        scale, most = parameters.pyr_scale, parameters.levels
        above = [levels_of(min(size), scale, most) for size in sizes]
        self._levels: list[Level] = []
        for level in range(max(above, default=0), -1, -1):
            # An image without this level has size 0 in it, and so no flow to start the next from.
            own = [
                size if level <= last else (0, 0) for size, last in zip(sizes, above, strict=True)
            ]
            before = self._levels[-1] if self._levels else None
            self._levels.append(Level(own, extent, scale**level, before, device, parameters))

    def expand(self, images: Tensor) -> Pyramid:
        """All that flow from or to images (N, F, H, W) needs to know of them."""
        with _full_precision(images.device):
            grey = images.float().transpose(1, 2).contiguous()  # (N, H, F, W)
            return [level.expand(grey) for level in self._levels]

    def flow(self, first: Pyramid, second: Pyramid) -> Tensor:
        """Flow float32 (N, F, 2, H, W) from each first image to the second one, in pixels.

        One first image per size may stand for all F.
        """
        n, f, (h, w) = second[0].shape[1], second[0].shape[3], self._levels[0].extent
        flow = second[0].new_zeros(2, n, h, f, w)
        with _full_precision(flow.device):
            for level, one, two in zip(self._levels, first, second, strict=True):
                flow = level.start(flow)
                for _ in range(self.parameters.iterations):
                    flow = level.improve(one, two, flow)
        return flow.permute(1, 3, 0, 2, 4)  # (2, N, H, F, W) -> (N, F, 2, H, W)


def frames_of(pyramid: Pyramid, some: slice) -> Pyramid:
    """Some of the F frames of each size."""
    return [level[:, :, :, some] for level in pyramid]


@contextmanager
def _full_precision(device: torch.device) -> Iterator[None]:
    """Matrix products in float32, whatever the caller allows: TF32 is 1000 times too coarse."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        with torch.autocast(device.type, enabled=False):
            yield
    finally:
        torch.set_float32_matmul_precision(before)
