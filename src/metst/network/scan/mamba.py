"""The scan by mamba-ssm's fused CUDA kernel (the extra `mamba`), where running it succeeds."""

import functools
import importlib

import torch
from torch import Tensor

from metst.network.scan import reference


def obstacle(device: torch.device, dtype: torch.dtype) -> str | None:
    """Why the kernel cannot run for tensors of a device and dtype, or None."""
    if device.type != "cuda":
        return "it needs tensors on a CUDA device"
    if dtype != torch.float32:
        return "it computes in float32 only"
    return _running_obstacle(device)


@functools.cache
def _running_obstacle(device: torch.device) -> str | None:
    """Run the kernel once: versions do not show whether it was built, and for which GPU."""
    ones = torch.ones(1, 1, 1, device=device)
    try:
        y, _ = _kernel(ones, ones, -ones[0], ones, ones, ones[0, 0])
        torch.cuda.synchronize(device)
    except (ImportError, AttributeError, RuntimeError, TypeError) as error:
        return f"its kernel does not run ({error}); build it with `make mamba`"
    if not torch.allclose(y, 2 * ones):  # one frame: C B delta u + D u
        return "its kernel gives wrong results; build it again with `make mamba`"
    return None


def _kernel(
    u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor, D: Tensor
) -> tuple[Tensor, Tensor]:
    interface = importlib.import_module("mamba_ssm.ops.selective_scan_interface")
    rows = [x.transpose(1, 2).contiguous() for x in (u, delta, B, C)]  # (B, T, .) -> (B, ., T)
    u, delta, B, C = rows
    y, state = interface.selective_scan_fn(u, delta, A, B, C, D, return_last_state=True)
    return y.transpose(1, 2).contiguous(), state  # (B, I, T) -> (B, T, I)


def forward(
    u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor, D: Tensor, initial: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Outputs and last state.

    Plain torch where an initial state is given, which the kernel does not take.
    """
    if initial is not None:
        return reference.forward(u, delta, A, B, C, D, initial)
    return _kernel(u, delta, A, B, C, D)


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
    """Gradients of u, delta, A, B, C, D and the initial state.

    Plain torch where a state is given or its gradient wanted, which the kernel cannot do.
    """
    if initial is not None or grad_state is not None:
        return reference.backward(grad, grad_state, u, delta, A, B, C, D, initial)
    with torch.enable_grad():
        leaves = [x.detach().requires_grad_() for x in (u, delta, A, B, C, D)]
        y, state = _kernel(*leaves)
    return (*torch.autograd.grad(y, leaves, grad), torch.zeros_like(state))
