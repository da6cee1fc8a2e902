"""The filters of a batch of images of different lengths, along one axis.

A separable filter and its rule for the border are one matrix per length, zero beyond the length: a
product with it keeps what is beyond at zero without a mask.

Legend: N images; H pixels of the arrays that they come in, h at the scale of a level.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from metst.features.farneback import filters
from metst.features.farneback.parameters import Parameters

Size = tuple[int, int]
"""Height and width, in pixels."""


class Axis:
    """Lengths of all images along one axis at one level, and the filters for them.

    Args:
        own: lengths of the images at their own scale; 0 for those without this level.
        extent: length of the arrays that they come in, at their own scale.
        scale: of the level.
        before: the axis at the level before.
    """

    def __init__(
        self,
        own: Sequence[int],
        extent: int,
        scale: float,
        before: "Axis | None",
        device: torch.device,
        parameters: Parameters,
    ) -> None:
        p, here = parameters, [round(length * scale) for length in own]
        self.lengths, self.extent = here, round(extent * scale)
        square = self.extent, self.extent
        keys = [(length, scale) for length in own]
        self.shrink = stack(filters.shrink, keys, (self.extent, extent), device)  # (N, h, H)
        neighborhoods = [(length, p.poly_n, p.poly_sigma) for length in here]
        self.moments = stack(filters.moments, neighborhoods, square, device)  # (N, 3, h, h)
        windows = [(length, p.winsize) for length in here]
        self.average = stack(filters.average, windows, square, device)  # (N, h, h)
        self.enlarge: Tensor | None = None  # (N, h, length before)
        if before is not None:
            steps = list(zip(before.lengths, here, strict=True))
            self.enlarge = stack(filters.enlarge, steps, (self.extent, before.extent), device)
        self.last = torch.tensor(here, device=device).view(-1, 1, 1, 1) - 1  # (N, 1, 1, 1)


def stack(
    build: Callable[..., NDArray[Any]],
    keys: Sequence[tuple[Any, ...]],
    shape: Size,
    device: torch.device,
) -> Tensor:
    """`build(*key)` for each key, float32 (N, ..., *shape), zero beyond what it gives."""
    distinct = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    built = {i: build(*key) for key, i in distinct.items() if 0 not in key[:2]}
    leading = next(iter(built.values())).shape[:-2] if built else ()
    stacked = np.zeros((len(distinct), *leading, *shape), np.float32)
    for i, matrix in built.items():
        stacked[i, ..., : matrix.shape[-2], : matrix.shape[-1]] = matrix
    index = torch.tensor([distinct[key] for key in keys], device=device)
    return torch.from_numpy(stacked).to(device)[index]
