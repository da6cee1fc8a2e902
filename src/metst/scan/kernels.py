"""Numba kernels of the CPU scan: the states of one channel stay in cache and never reach memory.

Shapes: B batch, T frames, I inner channels, N states. Inner loops run over the states and are
written so that LLVM vectorizes them: few arrays to a loop, and none both read and written at an
unknown distance. Decay rates come multiplied by log2(e), since 2**x is what is cheap to compute.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.polynomial import Chebyshev, Polynomial
from numpy.typing import NDArray

Array = NDArray[np.float32]
F = TypeVar("F", bound=Callable[..., Any])

SPAN = 64
"""Frames whose states the backward pass keeps at once (48 KiB at N = 64: within L2)."""

_LN2 = np.float32(np.log(2))
_ZERO = np.float32(0)
_LOWEST = np.float32(-126)  # smallest exponent of a normal float32
_BIAS = np.int32(127)  # exponent bits of 1.0 in float32
_MANTISSA = np.int32(23)  # bits of a float32 mantissa

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
    options = {"nogil": True, "fastmath": math, "error_model": "numpy", "inline": inline}
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
def _from_bits(_context: Any, _bits: Any) -> Any:  # noqa: ANN401
    """The float32 that has these 32 bits."""

    def build(_ctx: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        return builder.bitcast(args[0], ir.FloatType())

    return types.float32(types.int32), build


@_jit
def _exp2(x: Any) -> Any:  # noqa: ANN401
    """2**x for x below 128, as a polynomial; everything under 2**-126 becomes 2**-126."""
    x = max(x, _LOWEST)
    whole = _round(x)
    f = x - whole
    power = _from_bits((np.int32(whole) + _BIAS) << _MANTISSA)
    return power * (_P0 + f * (_P1 + f * (_P2 + f * (_P3 + f * (_P4 + f * _P5)))))


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
    channels: tuple[int, int],
) -> None:
    """Scan the flattened (batch, channel) pairs `channels[0]` to `channels[1]`, last excluded.

    Args:
        A2: A * log2(e).
        y: outputs (B, T, I), written.
        state: (B, I, N), the initial state, overwritten by the last.
    """
    frames, inner = u.shape[1:]
    states = A2.shape[1]
    h = np.empty(states, np.float32)
    for channel in range(channels[0], channels[1]):
        b, i = divmod(channel, inner)
        for n in range(states):
            h[n] = state[b, i, n]
        for t in range(frames):
            step, x = delta[b, t, i], u[b, t, i]
            drive = step * x
            total = _ZERO
            for n in range(states):
                value = _exp2(step * A2[i, n]) * h[n] + drive * B[b, t, n]
                h[n] = value
                total += C[b, t, n] * value
            y[b, t, i] = total + D[i] * x
        for n in range(states):
            state[b, i, n] = h[n]


@_inlined
def _advance(
    u: Array, delta: Array, rates: Array, B: Array, h: Array, checkpoints: Array, i: int
) -> None:
    """Scan all frames but the last span, keeping in `checkpoints` the state before each span."""
    states = rates.size
    last = checkpoints.shape[0] - 1
    for k in range(last):
        for n in range(states):
            checkpoints[k, n] = h[n]
        for t in range(k * SPAN, k * SPAN + SPAN):
            step = delta[t, i]
            drive = step * u[t, i]
            for n in range(states):
                h[n] = _exp2(step * rates[n]) * h[n] + drive * B[t, n]
    for n in range(states):
        checkpoints[last, n] = h[n]


@_inlined
def _replay(
    u: Array,
    delta: Array,
    rates: Array,
    B: Array,
    h: Array,
    decays: Array,
    decayed: Array,
    reached: Array,
    i: int,
) -> None:
    """Scan one span from state `h`, keeping per frame exp(delta A), that times h, and the state."""
    for t in range(u.shape[0]):
        step = delta[t, i]
        drive = step * u[t, i]
        for n in range(rates.size):
            decay = _exp2(step * rates[n])
            rest = decay * h[n]
            value = rest + drive * B[t, n]
            decays[t, n] = decay
            decayed[t, n] = rest
            reached[t, n] = value
            h[n] = value


@_inlined
def _descend(
    u: Array,
    delta: Array,
    rates: Array,
    B: Array,
    C: Array,
    skip: np.float32,
    grad: Array,
    decays: Array,
    decayed: Array,
    reached: Array,
    g: Array,
    du: Array,
    ddelta: Array,
    drates: Array,
    dB: Array,
    dC: Array,
    i: int,
) -> None:
    """Walk one span backward; `g` is the gradient of the state after it, then of that before."""
    frames, states = u.shape[0], rates.size
    for back in range(frames):
        t = frames - 1 - back
        step, x, w = delta[t, i], u[t, i], grad[t, i]
        drive = step * x
        ddrive, dexponent = _ZERO, _ZERO
        for n in range(states):
            value = g[n] + w * C[t, n]
            g[n] = value
            ddrive += value * B[t, n]
        for n in range(states):
            dB[t, n] += g[n] * drive
        for n in range(states):
            dC[t, n] += w * reached[t, n]
        for n in range(states):
            value = g[n] * decayed[t, n]
            drates[n] += value * step
            dexponent += value * rates[n]
        for n in range(states):
            g[n] *= decays[t, n]
        du[t, i] = ddrive * step + w * skip
        ddelta[t, i] = ddrive * x + dexponent * _LN2


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
    dstate: Array,
    samples: tuple[int, int],
) -> None:
    """Gradients of the batch entries `samples[0]` to `samples[1]`, last excluded.

    Recomputes the states from their values at every `SPAN`-th frame.

    Args:
        A2: A * log2(e).
        initial: state before the first frame (B, I, N).
        grad: gradient of the outputs (B, T, I).
        dA: (B, I, N), written: the gradient of A per batch entry, for the caller to sum.
        dB: zeros (B, T, N), added to; `dC` likewise.
        dstate: (B, I, N), gradient of the last state, overwritten by that of the initial one.
    """
    frames, inner = u.shape[1:]
    states = A2.shape[1]
    spans = (frames + SPAN - 1) // SPAN
    checkpoints = np.empty((spans, states), np.float32)
    decays = np.empty((min(SPAN, frames), states), np.float32)
    decayed = np.empty_like(decays)
    reached = np.empty_like(decays)
    h = np.empty(states, np.float32)
    g = np.empty(states, np.float32)
    drates = np.empty(states, np.float32)
    for b in range(samples[0], samples[1]):
        for i in range(inner):
            h[:] = initial[b, i]
            g[:] = dstate[b, i]
            drates[:] = _ZERO
            _advance(u[b], delta[b], A2[i], B[b], h, checkpoints, i)
            for k in range(spans - 1, -1, -1):
                s = slice(k * SPAN, min(k * SPAN + SPAN, frames))
                h[:] = checkpoints[k]
                _replay(u[b, s], delta[b, s], A2[i], B[b, s], h, decays, decayed, reached, i)
                _descend(
                    u[b, s],
                    delta[b, s],
                    A2[i],
                    B[b, s],
                    C[b, s],
                    D[i],
                    grad[b, s],
                    decays,
                    decayed,
                    reached,
                    g,
                    du[b, s],
                    ddelta[b, s],
                    drates,
                    dB[b, s],
                    dC[b, s],
                    i,
                )
            dstate[b, i] = g
            dA[b, i] = drates
