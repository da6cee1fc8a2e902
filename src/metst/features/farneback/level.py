"""One level of the pyramid: quadratics, and the flow between them improved step by step.

Legend: N sizes, F frames of each; at most H x W pixels at the images' own scale, h x w at that of
the level. Images lie as (N, h, F, w), so that a filter is one matrix product along all columns,
(N, h, h) @ (N, h, F w), and one along all rows, (N, h F, w) @ (N, w, w). Expansion (5, N, h, F, w):
the quadratic around each pixel, coefficients of y, x, y², x², xy. System (N, h, 5, F, w):
least-squares equations for the displacement, entries xx, xy, yy, x, y. Flow (2, N, h, F, w).
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from metst.features.farneback import filters
from metst.features.farneback.axis import Axis, Size, stack
from metst.features.farneback.parameters import REGULARIZATION, Parameters


class Level:
    """What is computed at one level, for all images at once.

    Args:
        own: size of each image at its own scale; (0, 0) for those without this level.
        extent: size of the arrays that they come in.
        scale: of the level.
        before: the coarser level before it.
        device: where the images are.
        parameters: of the method.
    """

    def __init__(
        self,
        own: Sequence[Size],
        extent: Size,
        scale: float,
        before: "Level | None",
        device: torch.device,
        parameters: Parameters,
    ) -> None:
        self.parameters = parameters
        heights, widths = ([size[i] for size in own] for i in (0, 1))
        rows, columns = (before.rows, before.columns) if before else (None, None)
        self.rows: Axis = Axis(heights, extent[0], scale, rows, device, parameters)
        self.columns: Axis = Axis(widths, extent[1], scale, columns, device, parameters)
        self.extent = self.rows.extent, self.columns.extent
        sizes = list(zip(self.rows.lengths, self.columns.lengths, strict=True))
        weights = stack(filters.border_weights, sizes, self.extent, device)
        self.weights = weights[:, :, None]  # (N, h, 1, w)

    def expand(self, grey: Tensor) -> Tensor:
        """Fit a quadratic to the neighborhood of every pixel: (N, H, F, W) -> (5, N, h, F, w)."""
        weight = filters.taps(self.parameters.poly_n, self.parameters.poly_sigma)[0]
        ig_x, ig_1_xx, ig_xx, ig_xy = filters.inverse_moments(weight)
        image = _filter(self.rows.shrink, grey, self.columns.shrink)  # (N, h, F, w)
        one, y, yy = (_down(part, image) for part in self.rows.moments.unbind(1))
        g, x, xx = self.columns.moments.unbind(1)  # (N, w, w) each
        total = ig_1_xx * _right(one, g)
        return torch.stack(
            [
                ig_x * _right(y, g),
                ig_x * _right(one, x),
                ig_xx * _right(yy, g) + total,
                ig_xx * _right(one, xx) + total,
                ig_xy * _right(y, x),
            ]
        )

    def start(self, flow: Tensor) -> Tensor:
        """Flow (2, N, h, F, w) of the level before, or of none, as an estimate for this one."""
        down, right = self.rows.enlarge, self.columns.enlarge
        if down is None or right is None:
            return flow
        return (
            torch.stack([_filter(down, part, right) for part in flow]) / self.parameters.pyr_scale
        )

    def improve(self, first: Tensor, second: Tensor, flow: Tensor) -> Tensor:
        """A better estimate (2, N, h, F, w) of the flow between two expansions."""
        mixed = self._mix(first, second, flow) * self.weights
        y, x, yy, xx, xy = mixed
        equations = [yy**2 + xy**2, (yy + xx) * xy, xx**2 + xy**2, yy * y + xy * x, xy * y + xx * x]
        system = torch.stack(equations, dim=2)  # (N, h, 5, F, w)
        averages = _filter(self.rows.average, system, self.columns.average)
        xx, xy, yy, x, y = averages.unbind(2)  # (N, h, F, w) each
        determinant = xx * yy - xy * xy + REGULARIZATION
        return torch.stack([xx * y - xy * x, yy * x - xy * y]) / determinant

    def _mix(self, first: Tensor, second: Tensor, flow: Tensor) -> Tensor:
        """Mean expansion of both images, y and x relative to the estimate: (5, N, h, F, w).

        Where a pixel goes outside, that of the first alone.
        """
        moved, inside = self._sample(second, flow)
        dx, dy = flow
        y, x, yy, xx, xy = first
        y_2, x_2, yy_2, xx_2, xy_2 = moved
        share = torch.where(inside, 0.5, 1.0)
        yy, xx, xy = (yy + yy_2) * share, (xx + xx_2) * share, (xy + xy_2) * share / 2
        y, x = (y - y_2) / 2 + yy * dy + xy * dx, (x - x_2) / 2 + xy * dy + xx * dx
        return torch.stack([y, x, yy, xx, xy])

    def _sample(self, planes: Tensor, flow: Tensor) -> tuple[Tensor, Tensor]:
        """Planes (5, N, h, F, w) where the flow goes to, bilinear, zero outside; what is inside."""
        _, n, h, f, w = planes.shape
        dx, dy = flow
        x = torch.arange(w, device=flow.device) + dx  # (N, h, F, w)
        y = torch.arange(h, device=flow.device)[:, None, None] + dy
        left, top = x.floor(), y.floor()
        right, down = x - left, y - top
        inside = (left >= 0) & (left < self.columns.last) & (top >= 0) & (top < self.rows.last)
        row, column = (torch.where(inside, place, 0).long() for place in (top, left))
        frame = torch.arange(f, device=flow.device)[:, None]
        at = ((row * f + frame) * w + column).view(n, -1)  # (N, h F w), in planes (5, N, h F w)
        flat = planes.reshape(5, n, -1)

        def corner(below: int, beside: int) -> Tensor:
            index = (at + (below * f * w + beside)).clamp(max=h * f * w - 1)
            return flat.gather(2, index.expand(5, -1, -1)).view_as(planes)

        upper = (1 - right) * corner(0, 0) + right * corner(0, 1)
        lower = (1 - right) * corner(1, 0) + right * corner(1, 1)
        return torch.where(inside, (1 - down) * upper + down * lower, 0), inside


def _filter(down: Tensor, planes: Tensor, right: Tensor) -> Tensor:
    """Apply a matrix (N, o, h) to the columns and one (N, p, w) to the rows of (N, h, ..., w)."""
    return _right(_down(down, planes), right)


def _down(matrix: Tensor, planes: Tensor) -> Tensor:
    """Columns of (N, h, ..., w) times a matrix (N, o, h): (N, o, ..., w)."""
    return (matrix @ planes.flatten(2)).view(*matrix.shape[:2], *planes.shape[2:])


def _right(planes: Tensor, matrix: Tensor) -> Tensor:
    """Rows of (N, h, ..., w) times a matrix (N, p, w): (N, h, ..., p)."""
    return (planes.flatten(1, -2) @ matrix.mT).view(*planes.shape[:-1], matrix.shape[1])
