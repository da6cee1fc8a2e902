"""The iterations of TV-L1 flow, after OpenCV's implementation, rounding included.

Flow is equal to the last bit, for two reasons: the warp rounds places to 1/32 pixel, so a rounding
error moves some of them by that; and when an iteration is the last depends on the sum of squares
as OpenCV adds it up. Hence no fast math but in a sum whose rounding is accounted for.

What makes them faster: images are flat, so that loops are long, and the loops name few arrays, so
that they vectorize; borders are computed apart. The square root is in double precision, as
OpenCV's `hypot`.

Shapes: H x W pixels. Slope (2, H, W): gradient of the warped image. Dual (2, H + 1, W): dual
variable of one component of the flow, derivatives in x and y, the first row zero.
"""

import numpy as np
from numpy.typing import NDArray

from metst.base.compiled import compiler

Planes = NDArray[np.float32]

INNER = 30  # iterations between two medians, at most (OpenCV)

_LAMBDA, _THETA, _TAU = 0.15, 0.3, 0.25  # OpenCV's defaults
_STEP = np.float32(_LAMBDA * _THETA)
_COUPLING = np.float32(_THETA)
_RATE = np.float32(_TAU / _THETA)
_EPSILON = np.finfo(np.float32).eps
_ZERO, _ONE = np.float32(0), np.float32(1)

jit = compiler()


@jit
def iterate(slope: Planes, rest: Planes, duals: Planes, flow: Planes, limit: np.float32) -> bool:
    """Improve the flow, in place, `INNER` times or until it hardly moves.

    Args:
        slope: gradient of the warped image.
        rest: warped image less the first, less what the flow of the warp explains (H, W).
        duals: of both components (2, 2, H + 1, W), changed in place.
        flow: the flow (2, H, W).
        limit: least sum of squared moves of an iteration after which another one follows.

    Returns:
        Whether the last iteration moved it by no more than the limit.
    """
    _, height, width = flow.shape
    pixels = height * width
    gradient, old, rho = slope.reshape(2, pixels), flow.reshape(2, pixels), rest.ravel()
    new, factor, squares = np.empty_like(old), np.empty_like(rho), np.empty_like(rho)
    norm = np.empty_like(rho)
    _square_norm(gradient[0], gradient[1], norm)
    for _ in range(INNER):
        _threshold(gradient[0], gradient[1], norm, rho, old[0], old[1], factor)
        for c in range(2):
            p, q = duals[c, 0].ravel(), duals[c, 1].ravel()
            _move(factor, gradient[c], p, q, old[c], width, new[c])
            _ascend(new[c], width, p[width:], q[width:])
        _squares(old[0], new[0], old[1], new[1], squares)
        old[:] = new
        if not _exceeds(squares, limit):
            return True
    return False


@jit
def _square_norm(x: Planes, y: Planes, out: Planes) -> None:
    for i in range(len(out)):
        out[i] = x[i] * x[i] + y[i] * y[i]


@jit
def _threshold(
    x: Planes, y: Planes, norm: Planes, rho: Planes, u: Planes, v: Planes, factor: Planes
) -> None:
    """Move that the data ask for, as a multiple of the gradient (Zach et al., equation 15)."""
    for i in range(len(factor)):
        residual = rho[i] + (x[i] * u[i] + y[i] * v[i])
        bound = _STEP * norm[i]
        full = -residual / norm[i] if norm[i] > _EPSILON else _ZERO
        factor[i] = _STEP if residual < -bound else (-_STEP if residual > bound else full)


@jit
def _move(
    factor: Planes, slope: Planes, p: Planes, q: Planes, old: Planes, width: int, new: Planes
) -> None:
    """Flow from the data's move and the divergence of the dual variable (p, q)."""
    here, left, above = p[width:], p[width - 1 : -1], q[:-width]
    below = q[width:]
    _move_inner(factor, slope, here, left, below, above, old, new)
    for i in range(0, len(new), width):  # column 0 rounds in another order
        divergence = (here[i] + below[i]) - above[i]
        new[i] = (old[i] + factor[i] * slope[i]) + _COUPLING * divergence


@jit
def _move_inner(
    factor: Planes,
    slope: Planes,
    p: Planes,
    left: Planes,
    q: Planes,
    above: Planes,
    old: Planes,
    new: Planes,
) -> None:
    for i in range(len(new)):
        divergence = (p[i] - left[i]) + (q[i] - above[i])
        new[i] = (old[i] + factor[i] * slope[i]) + _COUPLING * divergence


@jit
def _ascend(u: Planes, width: int, p: Planes, q: Planes) -> None:
    """A step of the dual variable (p, q) along the gradient of the flow.

    Beyond the last column and row nothing changes: p is zero there, and q, respectively.
    """
    pixels = len(u)
    last = pixels - width  # where the last row begins
    column = q[width - 1 :: width].copy()
    _ascend_inner(u[:last], u[1 : last + 1], u[width:], p[:last], q[:last])
    for i in range(last, pixels - 1):
        dx = u[i + 1] - u[i]
        p[i] = (p[i] + _RATE * dx) / (_ONE + _RATE * abs(dx))
    for row in range(len(column) - 1):
        i = row * width + width - 1
        dy = u[i + width] - u[i]
        p[i], q[i] = _ZERO, (column[row] + _RATE * dy) / (_ONE + _RATE * abs(dy))


@jit
def _ascend_inner(u: Planes, right: Planes, below: Planes, p: Planes, q: Planes) -> None:
    for i in range(len(u)):
        dx, dy = right[i] - u[i], below[i] - u[i]
        wide_x, wide_y = np.float64(dx), np.float64(dy)
        length = np.float32(np.sqrt(wide_x * wide_x + wide_y * wide_y))
        scale = _ONE + _RATE * length
        p[i] = (p[i] + _RATE * dx) / scale
        q[i] = (q[i] + _RATE * dy) / scale


@jit
def _squares(old_x: Planes, new_x: Planes, old_y: Planes, new_y: Planes, out: Planes) -> None:
    for i in range(len(out)):
        dx, dy = new_x[i] - old_x[i], new_y[i] - old_y[i]
        out[i] = dx * dx + dy * dy


@jit
def _exceeds(squares: Planes, limit: np.float32) -> bool:
    """Whether the sum is above the limit, when it is added up one after the other in float32.

    A sum in any other order, much faster, decides unless rounding could change the answer.
    """
    near = np.float64(_sum(squares))
    slack = len(squares) * 2.0**-22  # twice what the rounding of both sums can come to
    if near * (1 - slack) > limit:
        return True
    if near * (1 + slack) < limit:
        return False
    total = _ZERO
    for square in squares:
        total += square
    return bool(total > limit)


@compiler(fastmath={"reassoc"})
def _sum(squares: Planes) -> np.float32:
    total = _ZERO
    for square in squares:
        total += square
    return total
