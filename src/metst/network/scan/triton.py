"""The scan by our own CUDA kernels, which Triton compiles: no other compiler is needed.

CUDA builds of torch for Linux bring Triton along. Nothing is summed by atomics, so the same inputs
give the same bits.
"""

import functools

import torch
from torch import Tensor

_PROBED = (2, 3, 3, 2)  # B, T, I, N of the inputs that test whether the kernels run


def obstacle(device: torch.device, dtype: torch.dtype) -> str | None:
    """Why the kernels cannot run for tensors of a device and dtype, or None."""
    if device.type != "cuda" and not _interpreted():
        return "it needs tensors on a CUDA device"
    if dtype != torch.float32:
        return "it computes in float32 only"
    return _running_obstacle(device)


def _interpreted() -> bool:
    """Whether kernels run in Triton's interpreter (TRITON_INTERPRET=1), on any device, slowly."""
    try:
        from triton import knobs
    except ImportError:
        return False
    return bool(knobs.runtime.interpret)


@functools.cache
def _running_obstacle(device: torch.device) -> str | None:
    """Run both kernels once: versions do not show whether they compile for this device."""
    from metst.network.scan import reference

    batch, frames, inner, states = _PROBED
    u = torch.linspace(-1, 1, batch * frames * inner, device=device).view(batch, frames, inner)
    B = torch.linspace(-2, 1, batch * frames * states, device=device).view(batch, frames, states)
    A = -torch.ones(inner, states, device=device)
    inputs = (u, u.abs(), A, B, B.flip(1), u[0, 0])
    try:
        y, _ = forward(*inputs, None)
        gradients = backward(y, None, *inputs, None)
    except ImportError as error:
        return f"triton cannot be imported ({error}); CUDA builds of torch bring it"
    except (RuntimeError, AttributeError, TypeError, ValueError, OSError) as error:
        return f"its kernels do not run ({error})"
    expected = (reference.forward(*inputs, None)[0], *reference.backward(y, None, *inputs, None))
    pairs = zip((y, *gradients), expected, strict=True)
    if not all(torch.allclose(one, other, atol=1e-4) for one, other in pairs):
        return "its kernels give wrong results here"
    return None


def forward(
    u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor, D: Tensor, initial: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Outputs (B, T, I) and last state (B, I, N)."""
    from metst.network.scan import triton_kernels as kernels

    inputs = [x.contiguous() for x in (u, delta, A, B, C, D)]
    state = _state(u, A, initial)
    y = torch.empty_like(inputs[0])
    tile = kernels.tile(A.shape[1])
    grid = (u.shape[0], _blocks(u, tile))
    kernels.forward[grid](*inputs, y, state, *u.shape[1:], A.shape[1], **tile)
    return y, state


def backward(
    grad: Tensor,
    grad_state: Tensor | None,
    u: Tensor,
    delta: Tensor,
    A: Tensor,
    B: Tensor,
    C: Tensor,
    D: Tensor,
    initial: Tensor | None,
) -> tuple[Tensor, ...]:
    """Gradients of u, delta, A, B, C, D and the initial state."""
    from metst.network.scan import triton_kernels as kernels

    inputs = [x.contiguous() for x in (u, delta, A, B, C, D, grad)]
    h, dstate = _state(u, A, initial), _state(u, A, grad_state)
    batch, frames, inner = u.shape
    tile = kernels.tile(A.shape[1])
    blocks = _blocks(u, tile)
    spans = -(-frames // kernels.SPAN)
    checkpoints = u.new_empty(spans, *h.shape)
    scratch = u.new_empty(min(kernels.SPAN, frames), *h.shape)
    du, ddelta = torch.empty_like(inputs[0]), torch.empty_like(inputs[0])
    dA, dD = torch.empty_like(h), u.new_empty(batch, inner)
    dB, dC = u.new_empty(2, batch, blocks, frames, A.shape[1]).unbind()
    outputs = (checkpoints, scratch, du, ddelta, dA, dB, dC, dD, dstate)
    kernels.backward[batch, blocks](
        *inputs, h, *outputs, batch, frames, inner, A.shape[1], SPAN=kernels.SPAN, **tile
    )
    # (B, I, N) -> (I, N); (B, blocks, T, N) -> (B, T, N); (B, I) -> (I,)
    return du, ddelta, dA.sum(0), dB.sum(1), dC.sum(1), dD.sum(0), dstate


def _state(u: Tensor, A: Tensor, given: Tensor | None) -> Tensor:
    """A new contiguous (B, I, N) state or gradient of one, zero where none is given."""
    if given is None:
        return u.new_zeros(u.shape[0], *A.shape)
    return given.detach().clone(memory_format=torch.contiguous_format)


def _blocks(u: Tensor, tile: dict[str, int]) -> int:
    return -(-u.shape[2] // tile["LANES"])
