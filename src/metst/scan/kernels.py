"""Numba kernels of the CPU scan: states stay in cache and never reach memory as a whole.

Shapes: B batch, T frames, I inner channels, N states. Innermost loops run over channels (lanes),
and are written so that LLVM vectorizes them: every array is indexed by the lane, scratch arrays
are allocated in the kernel that the loops are compiled into. Decay rates come transposed (N, I)
and multiplied by log2(e), since 2**x is what is cheap to compute.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import njit, types
from numba.extending import intrinsic
from numpy.polynomial import Chebyshev, Polynomial
from numpy.typing import NDArray

Array = NDArray[np.float32]
Span = tuple[Array, Array, Array, Array, Array]
"""u, delta, B, C and the gradient of y, for some frames of one sample."""
Rows = tuple[Array, Array, Array, Array, Array]
"""Scratch per lane: step, step * u, the gradient of y, and sums for those of u and delta."""
F = TypeVar("F", bound=Callable[..., Any])

LANES = 128
"""Channels computed together: their states at N = 64 are 32 KiB, within L1 or near it."""

SPAN = 64
"""Frames whose states the backward pass keeps at once: 2 MiB at N = 64, 512 KiB at N = 16."""

_LN2 = np.float32(np.log(2))
_ZERO = np.float32(0)
_LOWEST = np.float32(-126)  # smallest exponent of a normal float32
_MANTISSA = 23  # bits of a float32 mantissa

# 2**x on [-1/2, 1/2], relative error 2e-7 in float32; one degree less would have 4e-6.
_P0, _P1, _P2, _P3, _P4, _P5 = (
    np.float32(c)
    for c in Chebyshev.interpolate(np.exp2, 5, domain=[-0.5, 0.5]).convert(kind=Polynomial).coef
)


def _jit(function: F, *, inline: str = "never") -> F:
    """Compile on the first call, without the interpreter lock; keep the code where possible.

    Of fast math only what lets sums be vectorized: reordering, fused multiply-add, signless zero.
    """
    math = {"reassoc", "contract", "nsz"}
    options: Any = {"nogil": True, "fastmath": math, "error_model": "numpy", "inline": inline}
    try:
        return cast("F", njit(cache=True, **options)(function))
    except RuntimeError:  # neither the package nor the user's cache folder can be written
        return cast("F", njit(**options)(function))


def _inlined(function: F) -> F:
    """Compile into the caller, where LLVM can see that scratch arrays do not overlap.

    The backward pass takes four times as long without.
    """
    return _jit(function, inline="always")


@intrinsic
def _round(_context: Any, _x: Any) -> Any:  # noqa: ANN401
    """Nearest whole number, as a float (np.rint does not vectorize)."""

    def build(_ctx: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        return builder.call(builder.module.declare_intrinsic("llvm.rint", [ir.FloatType()]), args)

    return types.float32(types.float32), build


@intrinsic
def _scale(_context: Any, _x: Any, _power: Any) -> Any:  # noqa: ANN401
    """Scale: x * 2**power for a positive x and a whole power, by adding to the exponent's bits."""

    def build(_ctx: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        integer = ir.IntType(32)
        power = builder.shl(builder.fptosi(args[1], integer), ir.Constant(integer, _MANTISSA))
        return builder.bitcast(
            builder.add(builder.bitcast(args[0], integer), power), ir.FloatType()
        )

    return types.float32(types.float32, types.float32), build


@_jit
def _exp2(x: np.float32) -> Any:  # noqa: ANN401
    """2**x for x below 128, as a polynomial; everything under 2**-126 becomes 2**-126."""
    x = _LOWEST if x < _LOWEST else x  # unlike max(), lets NaN through
    whole = _round(x)  # type: ignore[call-arg,var-annotated]
    f = x - whole
    return _scale(_P0 + f * (_P1 + f * (_P2 + f * (_P3 + f * (_P4 + f * _P5)))), whole)


@_jit
def forward(
    u: Array,
    delta: Array,
    A2: Array,
    B: Array,
    C: Array,
    D: Array,
    y: Array,
    state: Array,
    parts: tuple[int, int],
) -> None:
    """Scan parts `parts[0]` to `parts[1]`, last excluded; a part is `LANES` channels of a sample.

    `A2` is A * log2(e), (N, I). Writes the outputs `y` (B, T, I); `state` (B, I, N) is the initial
    state and is overwritten by the last.
    """
    frames, inner = u.shape[1:]
    states = A2.shape[0]
    blocks = (inner + LANES - 1) // LANES
    width = min(LANES, inner)
    h = np.empty((states, width), np.float32)
    rates = np.empty((states, width), np.float32)
    step = np.empty(width, np.float32)
    drive = np.empty(width, np.float32)
    total = np.empty(width, np.float32)
    for part in range(parts[0], parts[1]):
        b, first = part // blocks, part % blocks * LANES
        lanes = min(LANES, inner - first)
        for n in range(states):
            for j in range(lanes):
                h[n, j] = state[b, first + j, n]
                rates[n, j] = A2[n, first + j]
        for t in range(frames):
            for j in range(lanes):
                x = u[b, t, first + j]
                step[j] = delta[b, t, first + j]
                drive[j] = step[j] * x
                total[j] = D[first + j] * x
            for n in range(states):
                into, out = B[b, t, n], C[b, t, n]
                for j in range(lanes):
                    value = _exp2(step[j] * rates[n, j]) * h[n, j] + drive[j] * into
                    h[n, j] = value
                    total[j] += out * value
            for j in range(lanes):
                y[b, t, first + j] = total[j]
        for n in range(states):
            for j in range(lanes):
                state[b, first + j, n] = h[n, j]


@_inlined
def _replay(
    span: Span, rates: Array, first: int, lanes: int, rows: Rows, h: Array, before: Array
) -> None:
    """Scan one span from state `h`, which becomes the last; keep in `before` those before each."""
    u, delta, B, _, _ = span
    step, drive, _, _, _ = rows
    for t in range(u.shape[0]):
        for j in range(lanes):
            step[j] = delta[t, first + j]
            drive[j] = step[j] * u[t, first + j]
        for n in range(rates.shape[0]):
            into = B[t, n]
            for j in range(lanes):
                before[t, n, j] = h[n, j]
                h[n, j] = _exp2(step[j] * rates[n, j]) * h[n, j] + drive[j] * into


@_inlined
def _descend(
    span: Span,
    D: Array,
    rates: Array,
    first: int,
    lanes: int,
    rows: Rows,
    before: Array,
    g: Array,
    drates: Array,
    gradients: tuple[Array, Array, Array, Array, Array],
) -> None:
    """Walk one span backward; `g` is the gradient of the state after it, then of that before.

    `gradients` are those of u, delta, B, C and D in the span.
    """
    u, delta, B, C, grad = span
    step, drive, weight, ddrive, dexponent = rows
    du, ddelta, dB, dC, dD = gradients
    for back in range(u.shape[0]):
        t = u.shape[0] - 1 - back
        for j in range(lanes):
            step[j] = delta[t, first + j]
            drive[j] = step[j] * u[t, first + j]
            weight[j] = grad[t, first + j]
            ddrive[j] = _ZERO
            dexponent[j] = _ZERO
        for n in range(rates.shape[0]):
            into, out = B[t, n], C[t, n]
            dinto, dout = _ZERO, _ZERO
            for j in range(lanes):
                decay = _exp2(step[j] * rates[n, j])
                decayed = decay * before[t, n, j]
                dout += weight[j] * (decayed + drive[j] * into)
                value = g[n, j] + weight[j] * out
                dinto += value * drive[j]
                ddrive[j] += value * into
                g[n, j] = value * decay
                value *= decayed
                drates[n, j] += value * step[j]
                dexponent[j] += value * rates[n, j]
            dB[t, n] += dinto
            dC[t, n] += dout
        for j in range(lanes):
            i = first + j
            du[t, i] = ddrive[j] * step[j] + weight[j] * D[i]
            ddelta[t, i] = ddrive[j] * u[t, i] + dexponent[j] * _LN2
            dD[i] += weight[j] * u[t, i]


@_inlined
def _scratch(width: int) -> Rows:
    """Separate allocations, which LLVM knows not to overlap."""
    return (
        np.empty(width, np.float32),
        np.empty(width, np.float32),
        np.empty(width, np.float32),
        np.empty(width, np.float32),
        np.empty(width, np.float32),
    )


@_jit
def backward(
    u: Array,
    delta: Array,
    A2: Array,
    B: Array,
    C: Array,
    D: Array,
    initial: Array,
    grad: Array,
    du: Array,
    ddelta: Array,
    dA: Array,
    dB: Array,
    dC: Array,
    dD: Array,
    dstate: Array,
    samples: tuple[int, int],
) -> None:
    """Gradients of the samples `samples[0]` to `samples[1]`, last excluded.

    Goes forward over the spans, keeping the state before each, then back, replaying each. `A2` is
    A * log2(e), (N, I); `initial` the state before the first frame (B, I, N); `grad` the gradient
    of the outputs. Writes `du` and `ddelta`; adds to `dB` and `dC`; per sample, for the caller to
    sum, writes `dA` (B, I, N) and adds to `dD` (B, I). `dstate`, the gradient of the last state,
    becomes that of the initial one.
    """
    frames, inner = u.shape[1:]
    states, width = A2.shape[0], min(LANES, inner)
    spans = (frames + SPAN - 1) // SPAN
    checkpoints = np.empty((spans, states, width), np.float32)
    before = np.empty((min(SPAN, frames), states, width), np.float32)
    h, g = np.empty((states, width), np.float32), np.empty((states, width), np.float32)
    rates, drates = np.empty((states, width), np.float32), np.empty((states, width), np.float32)
    rows = _scratch(width)
    for b in range(samples[0], samples[1]):
        for first in range(0, inner, LANES):
            lanes = min(LANES, inner - first)
            for n in range(states):
                for j in range(lanes):
                    h[n, j], g[n, j] = initial[b, first + j, n], dstate[b, first + j, n]
                    rates[n, j], drates[n, j] = A2[n, first + j], _ZERO
            for turn in range(2 * spans - 1):
                k = min(turn, 2 * spans - 2 - turn)
                if turn < spans:
                    checkpoints[k] = h
                else:
                    h[:] = checkpoints[k]
                s = slice(k * SPAN, min(k * SPAN + SPAN, frames))
                span = (u[b, s], delta[b, s], B[b, s], C[b, s], grad[b, s])
                _replay(span, rates, first, lanes, rows, h, before)
                if turn >= spans - 1:
                    gradients = (du[b, s], ddelta[b, s], dB[b, s], dC[b, s], dD[b])
                    _descend(span, D, rates, first, lanes, rows, before, g, drates, gradients)
            for n in range(states):
                for j in range(lanes):
                    dA[b, first + j, n], dstate[b, first + j, n] = drates[n, j], g[n, j]
