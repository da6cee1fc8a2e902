"""The scan as a torch operator: autograd, fake tensors, torch.compile without a graph break."""

from typing import Any

import torch
from torch import Tensor

from metst.network.scan.backends import Backend, choose, load


def selective_scan(
    u: Tensor,
    delta: Tensor,
    A: Tensor,
    B: Tensor,
    C: Tensor,
    D: Tensor | None = None,
    *,
    initial_state: Tensor | None = None,
    return_state: bool = False,
    backend: str = "auto",
) -> Tensor | tuple[Tensor, Tensor]:
    """Selective state-space recurrence of Mamba-1 (Gu and Dao 2023, algorithm 2).

    Per inner channel, h_t = exp(delta_t A) h_{t-1} + delta_t B_t u_t and y_t = <C_t, h_t> + D u_t.
    Differentiable once, in every tensor argument and through the returned state. Half-precision
    inputs are computed in float32.

    Args:
        u: inputs (batch, T, inner).
        delta: step sizes (batch, T, inner), already positive.
        A: decay rates (inner, N), negative.
        B: input weights (batch, T, N).
        C: output weights (batch, T, N).
        D: weights of the direct path (inner,); none without.
        initial_state: state before the first frame (batch, inner, N); zero without.
        return_state: also return the state after the last frame.
        backend: "auto" (the fastest that works, named in the log) or a name of `probe`.

    Returns:
        y (batch, T, inner) in the dtype of `u`, or (y, state (batch, inner, N)).

    Raises:
        ValueError: shapes that do not fit each other.
        BackendError: `backend` is unknown or cannot work with these tensors.
    """
    _check_shapes(u, delta, A, B, C, D, initial_state)
    dtype = torch.promote_types(u.dtype, torch.float32)
    D = u.new_zeros(u.shape[2]) if D is None else D
    tensors = [x.to(dtype) for x in (u, delta, A, B, C, D)]
    start = None if initial_state is None else initial_state.to(dtype)
    y, state = torch.ops.metst.selective_scan(*tensors, start, backend)
    y = y.to(u.dtype)
    return (y, state) if return_state else y


def _check_shapes(
    u: Tensor,
    delta: Tensor,
    A: Tensor,
    B: Tensor,
    C: Tensor,
    D: Tensor | None,
    initial_state: Tensor | None,
) -> None:
    """Raise an error that names the argument that does not fit; the kernels trust their inputs."""
    if u.dim() != 3 or A.dim() != 2 or u.shape[1] == 0:
        got = f"{tuple(u.shape)} and {tuple(A.shape)}"
        msg = f"selective_scan: expected u (batch, T >= 1, inner) and A (inner, N), got {got}"
        raise ValueError(msg)
    batch, frames, inner = u.shape
    states = A.shape[1]
    expected = {
        "delta": (delta, (batch, frames, inner)),
        "A": (A, (inner, states)),
        "B": (B, (batch, frames, states)),
        "C": (C, (batch, frames, states)),
        "D": (D, (inner,)),
        "initial_state": (initial_state, (batch, inner, states)),
    }
    for name, (tensor, shape) in expected.items():
        if tensor is not None and tuple(tensor.shape) != shape:
            msg = f"selective_scan: expected {name} of shape {shape}, got {tuple(tensor.shape)}"
            raise ValueError(msg)


def _backend(backend: str, u: Tensor) -> Backend:
    return load(choose(backend, u.device, u.dtype).name)


@torch.library.custom_op("metst::selective_scan", mutates_args=())
def _scan(
    u: Tensor,
    delta: Tensor,
    A: Tensor,
    B: Tensor,
    C: Tensor,
    D: Tensor,
    initial: Tensor | None,
    backend: str,
) -> tuple[Tensor, Tensor]:
    return _backend(backend, u).forward(u, delta, A, B, C, D, initial)


@_scan.register_fake
def _(
    u: Tensor,
    delta: Tensor,  # noqa: ARG001
    A: Tensor,
    B: Tensor,  # noqa: ARG001
    C: Tensor,  # noqa: ARG001
    D: Tensor,  # noqa: ARG001
    initial: Tensor | None,  # noqa: ARG001
    backend: str,  # noqa: ARG001
) -> tuple[Tensor, Tensor]:
    return u.new_empty(u.shape), u.new_empty(u.shape[0], *A.shape)


@torch.library.custom_op("metst::selective_scan_backward", mutates_args=())
def _scan_backward(
    grad: Tensor,
    grad_state: Tensor | None,
    u: Tensor,
    delta: Tensor,
    A: Tensor,
    B: Tensor,
    C: Tensor,
    D: Tensor,
    initial: Tensor | None,
    backend: str,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    gradients = _backend(backend, u).backward(grad, grad_state, u, delta, A, B, C, D, initial)
    du, ddelta, dA, dB, dC, dD, dinitial = gradients
    return du, ddelta, dA, dB, dC, dD, dinitial


@_scan_backward.register_fake
def _(
    grad: Tensor,  # noqa: ARG001
    grad_state: Tensor | None,  # noqa: ARG001
    u: Tensor,
    delta: Tensor,
    A: Tensor,
    B: Tensor,
    C: Tensor,
    D: Tensor,
    initial: Tensor | None,  # noqa: ARG001
    backend: str,  # noqa: ARG001
) -> tuple[Tensor, ...]:
    alike = [x.new_empty(x.shape) for x in (u, delta, A, B, C, D)]
    return (*alike, u.new_empty(u.shape[0], *A.shape))


def _setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:  # noqa: ANN401, ARG001
    *tensors, ctx.backend = inputs
    ctx.save_for_backward(*tensors)
    ctx.set_materialize_grads(False)


def _backward(ctx: Any, grad: Tensor | None, grad_state: Tensor | None) -> tuple[Any, ...]:  # noqa: ANN401
    u, *others, initial = ctx.saved_tensors
    grad = torch.zeros_like(u) if grad is None else grad
    *gradients, dinitial = torch.ops.metst.selective_scan_backward(
        grad, grad_state, u, *others, initial, ctx.backend
    )
    return (*gradients, None if initial is None else dinitial, None)


_scan.register_autograd(_backward, setup_context=_setup_context)
