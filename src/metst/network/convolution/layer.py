"""A convolution layer that takes our kernels where they are faster than torch's."""

from torch import Tensor, nn

from metst.base.cpu import obstacle
from metst.network.convolution.operator import convolve

FEW = 5
"""Input and output channels up to which ours is faster: `experiments.bench.convolution`."""


class Convolution(nn.Conv2d):
    """Convolution over size x size pixels that keeps H and W: (B, I, H, W) -> (B, O, H, W).

    Args:
        inputs: I.
        outputs: O.
        size: taps along each side, odd.
        bias: whether a number is added to each output channel.
    """

    def __init__(self, inputs: int, outputs: int, size: int, bias: bool = True) -> None:
        super().__init__(inputs, outputs, size, padding=size // 2, bias=bias)
        self._few = max(inputs, outputs) <= FEW

    def forward(self, images: Tensor) -> Tensor:
        """Convolve."""
        if not self._few or obstacle(images.device, images.dtype) is not None:
            return super().forward(images)
        bias = images.new_zeros(self.out_channels) if self.bias is None else self.bias
        y: Tensor = convolve(images, self.weight, bias)
        return y
