"""Numba kernels for what a mixer computes channel by channel around its scan.

Shapes: B batch, T frames, I inner channels, a multiple of `LANES`. Inputs that end in `_rows` may
be strided along their first two dimensions: halves of the rows of a wider matrix.
"""

import numpy as np

from metst.base.simd import LANES, fma, load, mul, sigmoid, spread, store
from metst.network.scan.kernels import Array, jit

_ONE, _NONE = np.float32(1), np.float32(-1)
_BYTES = 4  # of a float32


@jit
def _at(rows: Array, b: int, t: int) -> int:
    """Index of the first channel of a frame, in the memory of an array of strided rows."""
    return (b * rows.strides[0] + t * rows.strides[1]) // _BYTES


@jit
def _slope(x: object, s: object) -> object:
    """Derivative of silu at x, where s = sigmoid(x): s (1 + x (1 - s))."""
    one = spread(_ONE)
    return mul(s, fma(x, fma(s, spread(_NONE), one), one))


@jit
def _convolve(x_rows: Array, b: int, t: int, first: int, weight: Array, bias: Array) -> object:
    """Sum over the taps; the newest is frame t, and frames before the first are zero."""
    taps, inner = weight.shape
    y = load(bias, first)
    for tap in range(max(0, taps - 1 - t), taps):
        x = load(x_rows, _at(x_rows, b, t - taps + 1 + tap) + first)
        y = fma(x, load(weight, tap * inner + first), y)
    return y


@jit
def activate(
    x_rows: Array, weight: Array, bias: Array, lead: int, y: Array, parts: tuple[int, int]
) -> None:
    """Write silu of the causal convolution of x (B, lead + T, I) to y (B, T, I).

    Of samples `parts[0]` to `parts[1]`, last excluded; `weight` is (taps, I), oldest first.
    """
    frames, inner = y.shape[1:]
    for b in range(parts[0], parts[1]):
        for t in range(frames):
            for first in range(0, inner, LANES):
                x = _convolve(x_rows, b, lead + t, first, weight, bias)
                store(y, (b * frames + t) * inner + first, mul(x, sigmoid(x)))


@jit
def activate_backward(
    grad: Array,
    x_rows: Array,
    weight: Array,
    bias: Array,
    lead: int,
    dx: Array,
    dweight: Array,
    dbias: Array,
    parts: tuple[int, int],
) -> None:
    """Write dx (B, lead + T, I) and, per sample, dweight (B, taps, I) and dbias (B, I)."""
    frames, inner = grad.shape[1:]
    taps, zero = weight.shape[0], spread(np.float32(0))
    dsum = np.empty((frames, inner), np.float32)  # gradient of the convolution
    for b in range(parts[0], parts[1]):
        for t in range(frames):
            for first in range(0, inner, LANES):
                at = t * inner + first
                x = _convolve(x_rows, b, lead + t, first, weight, bias)
                dy = load(grad, b * frames * inner + at)
                store(dsum, at, mul(dy, _slope(x, sigmoid(x))))
        for first in range(0, inner, LANES):
            db = zero
            for t in range(frames):
                db = fma(load(dsum, t * inner + first), spread(_ONE), db)
            store(dbias, b * inner + first, db)
            for tap in range(taps):
                shift = lead - taps + 1 + tap  # from a sum's frame to that of its input
                dw = zero
                for t in range(max(0, -shift), frames):
                    x = load(x_rows, _at(x_rows, b, t + shift) + first)
                    dw = fma(load(dsum, t * inner + first), x, dw)
                store(dweight, (b * taps + tap) * inner + first, dw)
        for t in range(lead + frames):
            for first in range(0, inner, LANES):
                value = zero
                for tap in range(taps):
                    source = t - lead + taps - 1 - tap
                    if 0 <= source < frames:
                        w = load(weight, tap * inner + first)
                        value = fma(load(dsum, source * inner + first), w, value)
                store(dx, (b * (lead + frames) + t) * inner + first, value)


@jit
def gate(y: Array, z_rows: Array, out: Array, parts: tuple[int, int]) -> None:
    """Write y * silu(z), all (B, T, I), of samples `parts[0]` to `parts[1]`, last excluded."""
    frames, inner = y.shape[1:]
    for b in range(parts[0], parts[1]):
        for t in range(frames):
            for first in range(0, inner, LANES):
                at = (b * frames + t) * inner + first
                z = load(z_rows, _at(z_rows, b, t) + first)
                store(out, at, mul(load(y, at), mul(z, sigmoid(z))))


@jit
def gate_backward(
    grad: Array, y: Array, z_rows: Array, dy: Array, dz: Array, parts: tuple[int, int]
) -> None:
    """Write the gradients of y and z."""
    frames, inner = y.shape[1:]
    for b in range(parts[0], parts[1]):
        for t in range(frames):
            for first in range(0, inner, LANES):
                at = (b * frames + t) * inner + first
                z = load(z_rows, _at(z_rows, b, t) + first)
                s, g = sigmoid(z), load(grad, at)
                store(dy, at, mul(g, mul(z, s)))
                store(dz, at, mul(mul(g, load(y, at)), _slope(z, s)))
