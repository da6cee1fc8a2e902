"""Inception-I3D up to its pooled features (Carreira and Zisserman 2017, without its classifier).

Modules are named as in the widely used PyTorch weights (`rgb_imagenet.pt`, `flow_imagenet.pt`).
Shapes: B chunks, C channels, T frames of a chunk, H = W = 224 pixels.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import max_pool3d, pad

from metst.base.errors import DataError

_MIXED = {
    "3b": (192, 64, 96, 128, 16, 32, 32),
    "3c": (256, 128, 128, 192, 32, 96, 64),
    "4b": (480, 192, 96, 208, 16, 48, 64),
    "4c": (512, 160, 112, 224, 24, 64, 64),
    "4d": (512, 128, 128, 256, 24, 64, 64),
    "4e": (512, 112, 144, 288, 32, 64, 64),
    "4f": (528, 256, 160, 320, 32, 128, 128),
    "5b": (832, 256, 160, 320, 32, 128, 128),
    "5c": (832, 384, 192, 384, 48, 128, 128),
}
"""Channels of the input, of the branches 0, 1 (two layers), 2 (two layers) and 3."""

_POOLED = {"3b": ((1, 3, 3), (1, 2, 2)), "4b": ((3,) * 3, (2,) * 3), "5b": ((2,) * 3, (2,) * 3)}
"""Size and stride of the pooling ahead of a block."""

Size = tuple[int, ...]


class I3DNetwork(nn.Module):
    """Features (B, 1024) of chunks (B, C, T, H, W) with values in -1..1.

    Args:
        channels: 3 for colour, 2 for flow.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.Conv3d_1a_7x7 = Unit(channels, 64, 7, 2)
        self.Conv3d_2b_1x1, self.Conv3d_2c_3x3 = Unit(64, 64, 1), Unit(64, 192, 3)
        for name, widths in _MIXED.items():
            self.add_module(f"Mixed_{name}", Mixed(*widths))

    def forward(self, chunks: Tensor) -> Tensor:
        """(B, 1024), the mean over time and place."""
        x = _pooled(self.Conv3d_1a_7x7(chunks), *_POOLED["3b"])
        x = self.Conv3d_2c_3x3(self.Conv3d_2b_1x1(x))
        for name in _MIXED:
            if name in _POOLED:
                x = _pooled(x, *_POOLED[name])
            x = self.get_submodule(f"Mixed_{name}")(x)
        mean: Tensor = x.mean((2, 3, 4))
        return mean


class Unit(nn.Module):
    """Convolution, batch norm and ReLU."""

    def __init__(self, inputs: int, outputs: int, size: int, stride: int = 1) -> None:
        super().__init__()
        self.size, self.stride = (size,) * 3, (stride,) * 3
        self.conv3d = nn.Conv3d(inputs, outputs, size, stride, bias=False)
        self.bn = nn.BatchNorm3d(outputs, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T, H, W); each side is divided by the stride and rounded up."""
        normed: Tensor = self.bn(self.conv3d(_padded(x, self.size, self.stride)))
        return normed.relu()


class Mixed(nn.Module):
    """Four branches side by side; arguments as in `_MIXED`."""

    def __init__(self, inputs: int, *widths: int) -> None:
        super().__init__()
        self.b0 = Unit(inputs, widths[0], 1)
        self.b1a, self.b1b = Unit(inputs, widths[1], 1), Unit(widths[1], widths[2], 3)
        self.b2a, self.b2b = Unit(inputs, widths[3], 1), Unit(widths[3], widths[4], 3)
        self.b3b = Unit(inputs, widths[5], 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T, H, W) -> (B, sum of the branches, T, H, W)."""
        pooled = self.b3b(_pooled(x, (3, 3, 3), (1, 1, 1)))
        return torch.cat([self.b0(x), self.b1b(self.b1a(x)), self.b2b(self.b2a(x)), pooled], 1)


@cache
def load(path: Path, sha256: str, channels: int) -> I3DNetwork:
    """The network with the weights of a file, in eval mode; plain tensors alone are read.

    Args:
        path: of `.safetensors`, or of a state dict that torch saved.
        sha256: digest that the file must have.
        channels: 3 for colour, 2 for flow.

    Raises:
        DataError: the file is missing, is another one, or holds no such weights.
    """
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        msg = (
            f"expected weights of I3D ({channels} channels), found no such file ({error.strerror})"
        )
        raise DataError(path, msg) from error
    if found != sha256.lower():
        msg = f"expected weights of I3D with SHA-256 {sha256}, found {found}"
        raise DataError(path, msg)
    network = I3DNetwork(channels)
    try:
        stored: dict[str, Any] = (
            load_file(path)
            if path.suffix == ".safetensors"
            else torch.load(path, map_location="cpu", weights_only=True)
        )
        kept = {name: x for name, x in stored.items() if not name.startswith("logits.")}
        network.load_state_dict(kept)
    except Exception as error:  # whatever a foreign file makes a reader raise
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        msg = f"expected a state dict of I3D with {channels} channels: {first}"
        raise DataError(path, msg) from error
    return network.eval()


def _padded(x: Tensor, size: Size, stride: Size) -> Tensor:
    """Zeros around (B, C, T, H, W), half a kernel in all, one more behind than ahead."""
    lengths = zip(x.shape[2:], size, stride, strict=True)
    missing = [max(0, k - (n % s or s)) for n, k, s in lengths]
    ends = [end for m in reversed(missing) for end in (m // 2, m - m // 2)]
    return pad(x, ends)


def _pooled(x: Tensor, size: Size, stride: Size) -> Tensor:
    return max_pool3d(_padded(x, size, stride), size, stride)
