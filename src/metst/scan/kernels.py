"""Numba kernels of the CPU scan: states stay in registers and never reach memory as a whole.

Shapes: B batch, T frames, I inner channels, N states. A part of the work is one sample and a block
of `LANES` channels, a vector; the channels beyond I are zeros, which change nothing. Its rows are
copied to scratch a span of frames at a time, so that what the states need lies in the first caches;
then each state runs over the span. Decay rates come transposed (N, I) and multiplied by log2(e),
since 2**x is what is cheap to compute.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from metst.scan.simd import LANES, exp2, fma, load, mul, spread, store, total

Array = NDArray[np.float32]
F = TypeVar("F", bound=Callable[..., Any])

FORWARD_SPAN = 16
"""Frames that each state runs over at once: their rows, 12 KiB, lie in the first cache."""

SPAN = 64
"""The same in the backward pass, which replays every span: a window (k = 50) should be one."""

_LN2 = np.float32(np.log(2))
_ZERO = np.float32(0)


def _jit(function: F) -> F:
    """Compile on the first call, without the interpreter lock; keep the code where possible.

    Of fast math only what lets sums be vectorized: reordering, fused multiply-add, signless zero.
    """
    math = {"reassoc", "contract", "nsz"}
    options: Any = {"nogil": True, "fastmath": math, "error_model": "numpy"}
    try:
        return cast("F", njit(cache=True, **options)(function))
    except RuntimeError:  # neither the package nor the user's cache folder can be written
        return cast("F", njit(**options)(function))


@_jit
def _rows(source: Array, first: int, scratch: Array) -> None:
    """Copy the block of channels from `first` on, (frames, I) -> (frames, LANES)."""
    lanes = min(LANES, source.shape[1] - first)
    scratch[:, lanes:] = _ZERO
    for t in range(source.shape[0]):
        for j in range(lanes):
            scratch[t, j] = source[t, first + j]


@_jit
def _drives(u: Array, first: int, step: Array, drive: Array) -> None:
    """Write drive = step * u for the block of channels from `first` on."""
    lanes = min(LANES, u.shape[1] - first)
    drive[:, lanes:] = _ZERO
    for t in range(u.shape[0]):
        for j in range(lanes):
            drive[t, j] = step[t, j] * u[t, first + j]


@_jit
def _write_rows(scratch: Array, first: int, target: Array) -> None:
    """The way back, (frames, LANES) -> (frames, I)."""
    for t in range(target.shape[0]):
        for j in range(min(LANES, target.shape[1] - first)):
            target[t, first + j] = scratch[t, j]


@_jit
def _columns(source: Array, first: int, block: Array) -> None:
    """Copy the states of the block of channels from `first` on, (I, N) -> (N, LANES)."""
    lanes = min(LANES, source.shape[0] - first)
    block[:, lanes:] = _ZERO
    for j in range(lanes):
        for n in range(source.shape[1]):
            block[n, j] = source[first + j, n]


@_jit
def _write_columns(block: Array, first: int, target: Array) -> None:
    """The way back, (N, LANES) -> (I, N)."""
    for j in range(min(LANES, target.shape[0] - first)):
        for n in range(target.shape[1]):
            target[first + j, n] = block[n, j]


@_jit
def _advance(
    B: Array, C: Array, step: Array, drive: Array, rates: Array, h: Array, y: Array
) -> None:
    """Scan some frames from the states `h`, which become the last; add their outputs to `y`."""
    for n in range(rates.shape[0]):
        rate, state = load(rates, n * LANES), load(h, n * LANES)
        for t in range(B.shape[0]):
            into, out = spread(B[t, n]), spread(C[t, n])
            at = t * LANES
            decay = exp2(mul(load(step, at), rate))
            state = fma(decay, state, mul(load(drive, at), into))
            store(y, at, fma(out, state, load(y, at)))
        store(h, n * LANES, state)


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
    blocks = (inner + LANES - 1) // LANES
    h = np.zeros((A2.shape[0], LANES), np.float32)
    rates, rows = np.zeros_like(h), np.zeros((3, FORWARD_SPAN, LANES), np.float32)
    step, drive, outputs = rows[0], rows[1], rows[2]
    for part in range(parts[0], parts[1]):
        b, first = part // blocks, part % blocks * LANES
        _rows(A2, first, rates)
        _columns(state[b], first, h)
        for start in range(0, frames, FORWARD_SPAN):
            s = slice(start, min(start + FORWARD_SPAN, frames))
            _rows(delta[b, s], first, step)
            _drives(u[b, s], first, step, drive)
            outputs[:] = _ZERO
            _advance(B[b, s], C[b, s], step, drive, rates, h, outputs)
            for t in range(s.stop - start):
                for j in range(min(LANES, inner - first)):
                    i = first + j
                    y[b, start + t, i] = outputs[t, j] + D[i] * u[b, start + t, i]
        _write_columns(h, first, state[b])


@_jit
def _replay(
    B: Array,
    n: int,
    step: Array,
    drive: Array,
    rates: Array,
    h: Array,
    kept: tuple[Array, Array],
) -> None:
    """Scan state n over some frames, keeping its decays and what it was before and after each."""
    decays, states = kept
    rate, state = load(rates, n * LANES), load(h, n * LANES)
    store(states, 0, state)
    for t in range(B.shape[0]):
        at = t * LANES
        decay = exp2(mul(load(step, at), rate))
        state = fma(decay, state, mul(load(drive, at), spread(B[t, n])))
        store(decays, at, decay)
        store(states, at + LANES, state)
    store(h, n * LANES, state)


@_jit
def _descend(
    B: Array,
    C: Array,
    n: int,
    rows: Array,
    rates: Array,
    g: Array,
    drates: Array,
    kept: tuple[Array, Array],
    gradients: tuple[Array, Array],
) -> None:
    """Walk state n back over the frames that `_replay` kept.

    `rows` are step, step * u, the gradient of y, and the sums for those of step * u and of the
    exponent; `g` is the gradient of the state after the frames, then of that before.
    """
    step, drive, weight, ddrive, dexponent = rows[0], rows[1], rows[2], rows[3], rows[4]
    (decays, states), (dB, dC) = kept, gradients
    at = n * LANES
    rate, gradient, drate = load(rates, at), load(g, at), load(drates, at)
    after = load(states, B.shape[0] * LANES)
    for back in range(B.shape[0]):
        t = B.shape[0] - 1 - back
        at = t * LANES
        into, out, dy = spread(B[t, n]), spread(C[t, n]), load(weight, at)
        value = fma(dy, out, gradient)
        dC[t, n] += total(mul(dy, after))
        dB[t, n] += total(mul(value, load(drive, at)))
        store(ddrive, at, fma(value, into, load(ddrive, at)))
        gradient = mul(value, load(decays, at))
        after = load(states, at)
        exponent = mul(gradient, after)
        drate = fma(exponent, load(step, at), drate)
        store(dexponent, at, fma(exponent, rate, load(dexponent, at)))
    store(g, n * LANES, gradient)
    store(drates, n * LANES, drate)


@_jit
def _write_gradients(
    u: Array, D: Array, first: int, rows: Array, du: Array, ddelta: Array, dD: Array
) -> None:
    """From the sums of some frames to the gradients of a block's channels from `first` on."""
    step, weight, ddrive, dexponent = rows[0], rows[2], rows[3], rows[4]
    for t in range(u.shape[0]):
        for j in range(min(LANES, u.shape[1] - first)):
            i = first + j
            du[t, i] = ddrive[t, j] * step[t, j] + weight[t, j] * D[i]
            ddelta[t, i] = ddrive[t, j] * u[t, i] + dexponent[t, j] * _LN2
            dD[i] += weight[t, j] * u[t, i]


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
    parts: tuple[int, int],
) -> None:
    """Gradients of parts `parts[0]` to `parts[1]`, last excluded; a part is a group of a sample.

    All blocks of a sample are one group, or each is its own: `dB` and `dC`, which sum over
    channels, are (B, groups, T, N), zero before the call. Goes forward over the spans, keeping the
    states before each, then back, replaying each. `A2` is A * log2(e), (N, I); `initial` the state
    before the first frame (B, I, N); `grad` the gradient of the outputs. Writes `du` and `ddelta`;
    per sample, for the caller to sum, writes `dA` (B, N, I) and adds to `dD` (B, I). `dstate`, the
    gradient of the last state, becomes that of the initial one.
    """
    frames, inner = u.shape[1:]
    groups = dB.shape[1]
    width = (inner + LANES - 1) // LANES // groups * LANES  # channels of a group
    spans = (frames + SPAN - 1) // SPAN
    checkpoints = np.empty((spans, A2.shape[0], LANES), np.float32)
    rows = np.zeros((5, SPAN, LANES), np.float32)
    kept = np.empty((SPAN, LANES), np.float32), np.empty((SPAN + 1, LANES), np.float32)
    h = np.zeros((A2.shape[0], LANES), np.float32)
    g, rates, drates = np.zeros_like(h), np.zeros_like(h), np.zeros_like(h)
    for part in range(parts[0], parts[1]):
        b, group = part // groups, part % groups
        for first in range(group * width, min(group * width + width, inner), LANES):
            _rows(A2, first, rates)
            _columns(initial[b], first, h)
            _columns(dstate[b], first, g)
            drates[:] = _ZERO
            for turn in range(2 * spans - 1):
                k = min(turn, 2 * spans - 2 - turn)
                if turn < spans:
                    checkpoints[k] = h
                else:
                    h[:] = checkpoints[k]
                s = slice(k * SPAN, min(k * SPAN + SPAN, frames))
                _rows(delta[b, s], first, rows[0])
                _drives(u[b, s], first, rows[0], rows[1])
                _rows(grad[b, s], first, rows[2])
                rows[3:] = _ZERO
                gradients = dB[b, group, s], dC[b, group, s]
                for n in range(A2.shape[0]):
                    _replay(B[b, s], n, rows[0], rows[1], rates, h, kept)
                    if turn >= spans - 1:
                        _descend(B[b, s], C[b, s], n, rows, rates, g, drates, kept, gradients)
                if turn >= spans - 1:
                    _write_gradients(u[b, s], D, first, rows, du[b, s], ddelta[b, s], dD[b])
            _write_rows(drates, first, dA[b])
            _write_columns(g, first, dstate[b])
