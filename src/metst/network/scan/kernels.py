"""Numba kernels of the CPU scan: states stay in registers and never reach memory as a whole.

Shapes: B batch, T frames, I inner channels, a multiple of `LANES`, N states, an even number: the
caller pads. A part of the work is one sample and a block of `LANES` channels, a vector. What the
states need of it is copied to scratch a span of frames at a time, so that it lies in the first
caches; then the states run over the span two at a time, which halves the traffic with scratch.
Decay rates come transposed (N, I) and multiplied by log2(e), since 2**x is what is cheap to
compute.
"""

import numpy as np
from numpy.typing import NDArray

from metst.base.compiled import compiler
from metst.base.simd import LANES, exp2, fma, load, mul, spread, store, total

Array = NDArray[np.float32]

FORWARD_SPAN = 16
"""Frames that two states run over at once: their rows lie in the first cache."""

SPAN = 64
"""The same in the backward pass, which replays every span: a window (k = 50) should be one."""

_LN2 = np.float32(np.log(2))
_ZERO = np.float32(0)
_OUTPUT_ROWS, _GRADIENT_ROWS, _KEPT_ROWS = 3, 5, 4  # vectors per frame in scratch


# Of fast math only what lets sums be vectorized.
jit = compiler(fastmath={"reassoc", "contract", "nsz"})


@jit
def _columns(source: Array, first: int, block: Array) -> None:
    """Copy the states of the block of channels from `first` on, (I, N) -> (N, LANES)."""
    for j in range(LANES):
        for n in range(source.shape[1]):
            block[n, j] = source[first + j, n]


@jit
def _write_columns(block: Array, first: int, target: Array) -> None:
    """The way back, (N, LANES) -> (I, N)."""
    for j in range(LANES):
        for n in range(target.shape[1]):
            target[first + j, n] = block[n, j]


@jit
def _advance(B: Array, C: Array, n: int, rates: Array, at: int, rows: Array, h: Array) -> None:
    """Scan states n and n + 1 over some frames; `rates` has those of state n at index `at`.

    `rows` are step, step * u and the outputs, which are added to; `h` becomes the last states.
    """
    first, second = n * LANES, (n + 1) * LANES
    rate, other_rate = load(rates, at), load(rates, at + rates.shape[1])
    state, other = load(h, first), load(h, second)
    for t in range(B.shape[0]):
        row = t * _OUTPUT_ROWS * LANES
        step, drive, y = load(rows, row), load(rows, row + LANES), load(rows, row + 2 * LANES)
        state = fma(exp2(mul(step, rate)), state, mul(drive, spread(B[t, n])))
        other = fma(exp2(mul(step, other_rate)), other, mul(drive, spread(B[t, n + 1])))
        y = fma(spread(C[t, n + 1]), other, fma(spread(C[t, n]), state, y))
        store(rows, row + 2 * LANES, y)
    store(h, first, state)
    store(h, second, other)


@jit
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
    blocks = inner // LANES
    h = np.empty((A2.shape[0], LANES), np.float32)
    rows = np.empty((FORWARD_SPAN, _OUTPUT_ROWS, LANES), np.float32)
    for part in range(parts[0], parts[1]):
        b, first = part // blocks, part % blocks * LANES
        _columns(state[b], first, h)
        for start in range(0, frames, FORWARD_SPAN):
            s = slice(start, min(start + FORWARD_SPAN, frames))
            at = (b * frames + start) * inner + first
            for t in range(s.stop - start):
                row = t * _OUTPUT_ROWS * LANES
                x, step = load(u, at + t * inner), load(delta, at + t * inner)
                store(rows, row, step)
                store(rows, row + LANES, mul(step, x))
                store(rows, row + 2 * LANES, mul(load(D, first), x))
            for n in range(0, A2.shape[0], 2):
                _advance(B[b, s], C[b, s], n, A2, n * inner + first, rows, h)
            for t in range(s.stop - start):
                store(y, at + t * inner, load(rows, (t * _OUTPUT_ROWS + 2) * LANES))
        _write_columns(h, first, state[b])


@jit
def _replay(B: Array, n: int, rates: Array, at: int, rows: Array, h: Array, kept: Array) -> None:
    """Scan states n and n + 1 over some frames, keeping both decays and both states before each.

    Arguments as those of `_advance`.
    """
    first, second = n * LANES, (n + 1) * LANES
    rate, other_rate = load(rates, at), load(rates, at + rates.shape[1])
    state, other = load(h, first), load(h, second)
    for t in range(B.shape[0]):
        row, keep = t * _GRADIENT_ROWS * LANES, t * _KEPT_ROWS * LANES
        step, drive = load(rows, row), load(rows, row + LANES)
        decay, other_decay = exp2(mul(step, rate)), exp2(mul(step, other_rate))
        store(kept, keep, decay)
        store(kept, keep + LANES, other_decay)
        store(kept, keep + 2 * LANES, state)
        store(kept, keep + 3 * LANES, other)
        state = fma(decay, state, mul(drive, spread(B[t, n])))
        other = fma(other_decay, other, mul(drive, spread(B[t, n + 1])))
    store(h, first, state)
    store(h, second, other)


@jit
def _descend(
    B: Array,
    C: Array,
    n: int,
    rates: Array,
    at: int,
    rows: Array,
    kept: Array,
    sums: tuple[Array, Array, Array],
    gradients: tuple[Array, Array],
) -> None:
    """Walk states n and n + 1 back over the frames that `_replay` kept.

    `rows` are step, step * u, the gradient of y, and the sums for those of step * u and of the
    exponent. `sums` are the last states, their gradient, which becomes that of the states before
    the frames, and the gradient of the rates.
    """
    (h, g, drates), (dB, dC) = sums, gradients
    first, second = n * LANES, (n + 1) * LANES
    rate, other_rate = load(rates, at), load(rates, at + rates.shape[1])
    after, other_after = load(h, first), load(h, second)
    gradient, other_gradient = load(g, first), load(g, second)
    drate, other_drate = load(drates, first), load(drates, second)
    for back in range(B.shape[0]):
        t = B.shape[0] - 1 - back
        row, keep = t * _GRADIENT_ROWS * LANES, t * _KEPT_ROWS * LANES
        drive, dy = load(rows, row + LANES), load(rows, row + 2 * LANES)
        value = fma(dy, spread(C[t, n]), gradient)
        other_value = fma(dy, spread(C[t, n + 1]), other_gradient)
        dC[t, n] += total(mul(dy, after))
        dC[t, n + 1] += total(mul(dy, other_after))
        dB[t, n] += total(mul(value, drive))
        dB[t, n + 1] += total(mul(other_value, drive))
        ddrive = fma(value, spread(B[t, n]), load(rows, row + 3 * LANES))
        store(rows, row + 3 * LANES, fma(other_value, spread(B[t, n + 1]), ddrive))
        gradient = mul(value, load(kept, keep))
        other_gradient = mul(other_value, load(kept, keep + LANES))
        after, other_after = load(kept, keep + 2 * LANES), load(kept, keep + 3 * LANES)
        exponent, other_exponent = mul(gradient, after), mul(other_gradient, other_after)
        step = load(rows, row)
        drate = fma(exponent, step, drate)
        other_drate = fma(other_exponent, step, other_drate)
        dexponent = fma(exponent, rate, load(rows, row + 4 * LANES))
        store(rows, row + 4 * LANES, fma(other_exponent, other_rate, dexponent))
    store(g, first, gradient)
    store(g, second, other_gradient)
    store(drates, first, drate)
    store(drates, second, other_drate)


@jit
def _read_rows(u: Array, delta: Array, grad: Array, at: int, rows: Array) -> None:
    """Begin the rows of some frames, whose channels start at index `at`; the sums at zero."""
    zero = spread(_ZERO)
    for t in range(rows.shape[0]):
        row, source = t * _GRADIENT_ROWS * LANES, at + t * u.shape[2]
        step = load(delta, source)
        store(rows, row, step)
        store(rows, row + LANES, mul(step, load(u, source)))
        store(rows, row + 2 * LANES, load(grad, source))
        store(rows, row + 3 * LANES, zero)
        store(rows, row + 4 * LANES, zero)


@jit
def _write_gradients(
    u: Array, direct: Array, at: int, rows: Array, du: Array, ddelta: Array, ddirect: Array
) -> None:
    """From the sums of some frames to the gradients of their channels, which start at `at`."""
    weight, dweight, ln2 = load(direct, 0), load(ddirect, 0), spread(_LN2)
    for t in range(rows.shape[0]):
        row, target = t * _GRADIENT_ROWS * LANES, at + t * u.shape[2]
        x, dy, ddrive = load(u, target), load(rows, row + 2 * LANES), load(rows, row + 3 * LANES)
        store(du, target, fma(ddrive, load(rows, row), mul(dy, weight)))
        store(ddelta, target, fma(ddrive, x, mul(load(rows, row + 4 * LANES), ln2)))
        dweight = fma(dy, x, dweight)
    store(ddirect, 0, dweight)


@jit
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
    width = inner // groups  # channels of a group
    spans = (frames + SPAN - 1) // SPAN
    checkpoints = np.empty((spans, A2.shape[0], LANES), np.float32)
    scratch = np.empty((SPAN, _GRADIENT_ROWS, LANES), np.float32)
    kept = np.empty((SPAN, _KEPT_ROWS, LANES), np.float32)
    h = np.empty((A2.shape[0], LANES), np.float32)
    g, drates = np.empty_like(h), np.empty_like(h)
    for part in range(parts[0], parts[1]):
        b, group = part // groups, part % groups
        for first in range(group * width, group * width + width, LANES):
            channels = slice(first, first + LANES)
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
                rows, at = scratch[: s.stop - s.start], (b * frames + s.start) * inner + first
                _read_rows(u, delta, grad, at, rows)
                for n in range(0, A2.shape[0], 2):
                    rate = n * inner + first
                    _replay(B[b, s], n, A2, rate, rows, h, kept)
                    if turn >= spans - 1:
                        sums, gradients = (h, g, drates), (dB[b, group, s], dC[b, group, s])
                        _descend(B[b, s], C[b, s], n, A2, rate, rows, kept, sums, gradients)
                if turn >= spans - 1:
                    _write_gradients(u, D[channels], at, rows, du, ddelta, dD[b, channels])
            dA[b, :, channels] = drates
            _write_columns(g, first, dstate[b])
