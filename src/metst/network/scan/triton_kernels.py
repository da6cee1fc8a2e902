"""Triton kernels of the scan: a program has a sample's block of channels, with all their states.

Shapes: B batch, T frames, I inner channels, N states; all tensors contiguous. A tile is
(LANES, STATES): what lies beyond I or N is read as zero, stays zero and is not written. Which sums
run over channels (dB, dC) are written per program, for the caller to add up.
"""

from collections.abc import Callable
from typing import Any

import triton
import triton.language as tl

SPAN = 32
"""Frames whose states the backward pass keeps at once; those before each span are checkpoints."""

_TILE = 1024  # numbers of a state that one program holds in registers
_WARP_NUMBERS = 256  # of them per warp: 8 per thread


def tile(states: int) -> dict[str, int]:
    """Sizes of a program's tile and its number of warps, for N states."""
    columns = triton.next_power_of_2(states)
    lanes = max(1, min(32, _TILE // columns))
    return {
        "LANES": lanes,
        "STATES": columns,
        "num_warps": max(1, min(8, lanes * columns // _WARP_NUMBERS)),
    }


def _jit(function: Callable[..., None]) -> Any:  # noqa: ANN401
    """Compile on the first call; types that only Triton knows."""
    return triton.jit(function)


@_jit
def forward(
    u: tl.tensor,
    delta: tl.tensor,
    A: tl.tensor,
    B: tl.tensor,
    C: tl.tensor,
    D: tl.tensor,
    y: tl.tensor,
    state: tl.tensor,
    frames: int,
    inner: int,
    states: int,
    LANES: tl.constexpr,
    STATES: tl.constexpr,
) -> None:
    """Write y (B, T, I); `state` (B, I, N) is the initial state and is overwritten by the last."""
    b = tl.program_id(0).to(tl.int64)
    i = tl.program_id(1) * LANES + tl.arange(0, LANES)
    n = tl.arange(0, STATES)
    some_i, some_n = i < inner, n < states
    some = some_i[:, None] & some_n[None, :]
    rates = tl.load(A + i[:, None] * states + n[None, :], some, 0.0)
    at_state = (b * inner + i[:, None]) * states + n[None, :]
    h = tl.load(state + at_state, some, 0.0)
    direct = tl.load(D + i, some_i, 0.0)
    for t in range(frames):
        row = b * frames + t
        x = tl.load(u + row * inner + i, some_i, 0.0)
        step = tl.load(delta + row * inner + i, some_i, 0.0)
        into = tl.load(B + row * states + n, some_n, 0.0)
        out = tl.load(C + row * states + n, some_n, 0.0)
        h = tl.exp(step[:, None] * rates) * h + (step * x)[:, None] * into[None, :]
        tl.store(y + row * inner + i, tl.sum(h * out[None, :], 1) + direct * x, some_i)
    tl.store(state + at_state, h, some)


@_jit
def backward(
    u: tl.tensor,
    delta: tl.tensor,
    A: tl.tensor,
    B: tl.tensor,
    C: tl.tensor,
    D: tl.tensor,
    grad: tl.tensor,
    initial: tl.tensor,
    checkpoints: tl.tensor,
    scratch: tl.tensor,
    du: tl.tensor,
    ddelta: tl.tensor,
    dA: tl.tensor,
    dB: tl.tensor,
    dC: tl.tensor,
    dD: tl.tensor,
    dstate: tl.tensor,
    batch: int,
    frames: int,
    inner: int,
    states: int,
    SPAN: tl.constexpr,
    LANES: tl.constexpr,
    STATES: tl.constexpr,
) -> None:
    """Goes forward over the spans, keeping the state before each, then back, replaying each.

    `checkpoints` (spans, B, I, N) and `scratch` (SPAN, B, I, N) are this kernel's own. Writes per
    sample `dA` (B, I, N) and `dD` (B, I), per program `dB` and `dC` (B, blocks, T, N); `dstate`,
    the gradient of the last state, becomes that of the initial one.
    """
    b = tl.program_id(0).to(tl.int64)
    i = tl.program_id(1) * LANES + tl.arange(0, LANES)
    n = tl.arange(0, STATES)
    some_i, some_n = i < inner, n < states
    some = some_i[:, None] & some_n[None, :]
    rates = tl.load(A + i[:, None] * states + n[None, :], some, 0.0)
    at_state = (b * inner + i[:, None]) * states + n[None, :]
    size = tl.cast(batch, tl.int64) * inner * states  # of all states of one frame
    spans = tl.cdiv(frames, SPAN)

    h = tl.load(initial + at_state, some, 0.0)
    for k in range(spans):
        tl.store(checkpoints + k * size + at_state, h, some)
        if k < spans - 1:
            for t in range(k * SPAN, k * SPAN + SPAN):
                row = b * frames + t
                x = tl.load(u + row * inner + i, some_i, 0.0)
                step = tl.load(delta + row * inner + i, some_i, 0.0)
                into = tl.load(B + row * states + n, some_n, 0.0)
                h = tl.exp(step[:, None] * rates) * h + (step * x)[:, None] * into[None, :]

    g = tl.load(dstate + at_state, some, 0.0)
    direct = tl.load(D + i, some_i, 0.0)
    drates = tl.zeros((LANES, STATES), tl.float32)
    ddirect = tl.zeros((LANES,), tl.float32)
    for turn in range(spans):
        k = spans - 1 - turn
        first = k * SPAN
        count = tl.minimum(frames - first, SPAN)
        tl.debug_barrier()  # what other threads of this program wrote to memory
        h = tl.load(checkpoints + k * size + at_state, some, 0.0)
        for s in range(count):
            row = b * frames + first + s
            x = tl.load(u + row * inner + i, some_i, 0.0)
            step = tl.load(delta + row * inner + i, some_i, 0.0)
            into = tl.load(B + row * states + n, some_n, 0.0)
            tl.store(scratch + s * size + at_state, h, some)
            h = tl.exp(step[:, None] * rates) * h + (step * x)[:, None] * into[None, :]
        tl.debug_barrier()
        for back in range(count):
            s = count - 1 - back
            row = b * frames + first + s
            x = tl.load(u + row * inner + i, some_i, 0.0)
            step = tl.load(delta + row * inner + i, some_i, 0.0)
            dy = tl.load(grad + row * inner + i, some_i, 0.0)
            into = tl.load(B + row * states + n, some_n, 0.0)
            out = tl.load(C + row * states + n, some_n, 0.0)
            before = tl.load(scratch + s * size + at_state, some, 0.0)
            decay = tl.exp(step[:, None] * rates)
            decayed = decay * before
            drive = step * x
            g += dy[:, None] * out[None, :]
            part = ((b * tl.num_programs(1) + tl.program_id(1)) * frames + first + s) * states + n
            after = decayed + drive[:, None] * into[None, :]
            tl.store(dC + part, tl.sum(dy[:, None] * after, 0), some_n)
            tl.store(dB + part, tl.sum(drive[:, None] * g, 0), some_n)
            ddrive = tl.sum(g * into[None, :], 1)
            dexponent = g * decayed
            tl.store(du + row * inner + i, ddrive * step + dy * direct, some_i)
            dstep = ddrive * x + tl.sum(dexponent * rates, 1)
            tl.store(ddelta + row * inner + i, dstep, some_i)
            drates += dexponent * step[:, None]
            ddirect += dy * x
            g = g * decay
    tl.store(dA + at_state, drates, some)
    tl.store(dstate + at_state, g, some)
    tl.store(dD + b * inner + i, ddirect, some_i)
