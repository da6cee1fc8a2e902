"""The scan on the CPU, float32: fused Numba kernels on slices of the batch, one thread each.

Torch's own threads and Numba's would spin against each other when both are OpenMP pools, so Numba
gets none: plain Python threads run its kernels, which release the interpreter lock, and sleep
between calls. Each number is computed by one thread in a fixed order: results do not depend on how
many there are.
"""

import functools
import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

_LOG2E = math.log2(math.e)


def obstacle(device: torch.device, dtype: torch.dtype) -> str | None:
    """Why the kernels cannot run for tensors of a device and dtype, or None."""
    if device.type != "cpu":
        return "it needs tensors on the CPU"
    if dtype != torch.float32:
        return "it computes in float32 only"
    return _import_obstacle()


@functools.cache
def _import_obstacle() -> str | None:
    try:
        import metst.scan.kernels
    except ImportError as error:
        return f"numba cannot be imported ({error}); reinstall it with: pip install numba"
    return None


def forward(
    u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor, D: Tensor, initial: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Outputs (B, T, I) and last state (B, I, N)."""
    from metst.scan import kernels

    inputs = [x.detach().contiguous().numpy() for x in (u, delta, A * _LOG2E, B, C, D)]
    y = torch.empty(u.shape)
    state = _state(u, A, initial).clone()
    _share(
        lambda part: kernels.forward(*inputs, y.numpy(), state.numpy(), part),
        u.shape[0] * u.shape[2],
    )
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
    from metst.scan import kernels

    start = _state(u, A, initial)
    tensors = (u, delta, A * _LOG2E, B, C, D, start, grad)
    inputs = [x.detach().contiguous().numpy() for x in tensors]
    dstate = _state(u, A, grad_state).clone()
    du, ddelta, dA = torch.empty(u.shape), torch.empty(u.shape), torch.empty(dstate.shape)
    dB, dC = torch.zeros(B.shape), torch.zeros(C.shape)
    outputs = [x.numpy() for x in (du, ddelta, dA, dB, dC, dstate)]
    _share(lambda part: kernels.backward(*inputs, *outputs, part), u.shape[0])
    dD = (grad * u).sum((0, 1))
    return du, ddelta, dA.sum(0), dB, dC, dD, dstate  # dA (B, I, N) -> (I, N)


def _state(u: Tensor, A: Tensor, given: Tensor | None) -> Tensor:
    """A contiguous (B, I, N) state or its gradient, zero where none is given."""
    if given is None:
        return torch.zeros(u.shape[0], *A.shape)
    return given.detach().contiguous()


def _share(work: Callable[[tuple[int, int]], None], items: int) -> None:
    """Have `work` done on 0..items, in as many equal parts as torch may use threads."""
    workers = min(torch.get_num_threads(), items)
    if workers == 1:
        return work((0, items))
    edges = [items * k // workers for k in range(workers + 1)]
    parts = list(zip(edges[1:-1], edges[2:], strict=True))
    waiting = [_pool(os.getpid(), workers - 1).submit(work, part) for part in parts]
    work((0, edges[1]))  # this thread takes a part too
    for future in waiting:
        future.result()
    return None


@functools.cache
def _pool(_process: int, workers: int) -> ThreadPoolExecutor:
    """Persistent threads; a forked process must not inherit its parent's, hence the argument."""
    return ThreadPoolExecutor(workers, thread_name_prefix="metst-scan")
