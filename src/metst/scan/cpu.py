"""The scan on the CPU, float32: fused Numba kernels on slices of the batch, one thread each.

Torch's own threads and Numba's would spin against each other when both are OpenMP pools, so Numba
gets none: plain Python threads run its kernels, which release the interpreter lock, and sleep
between calls. Each number is computed by one thread in a fixed order: results do not depend on how
many there are.
"""

import functools
import importlib
import itertools
import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from numpy.typing import NDArray
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
        importlib.import_module("metst.scan.kernels")
    except ImportError as error:
        return f"numba cannot be imported ({error}); reinstall it with: pip install numba"
    return None


def forward(
    u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor, D: Tensor, initial: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Outputs (B, T, I) and last state (B, I, N)."""
    from metst.scan import kernels

    tensors = (u, delta, A.t() * _LOG2E, B, C, D)
    inputs = [x.detach().contiguous().numpy() for x in tensors]
    y = torch.empty(u.shape)
    state = _state(u, A, initial)
    blocks = -(-u.shape[2] // kernels.LANES)
    outputs = [y.numpy(), state.numpy()]
    _share(kernels.forward, [*inputs, *outputs], u.shape[0] * blocks)
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
    tensors = (u, delta, A.t() * _LOG2E, B, C, D, start, grad)
    inputs = [x.detach().contiguous().numpy() for x in tensors]
    dstate = _state(u, A, grad_state)
    du, ddelta, dA = torch.empty(u.shape), torch.empty(u.shape), torch.empty(dstate.shape)
    dB, dC = torch.zeros(B.shape), torch.zeros(C.shape)
    outputs = [x.numpy() for x in (du, ddelta, dA, dB, dC, dstate)]
    _share(kernels.backward, [*inputs, *outputs], u.shape[0])
    dD = (grad * u).sum((0, 1))
    return du, ddelta, dA.sum(0), dB, dC, dD, dstate  # dA (B, I, N) -> (I, N)


def _state(u: Tensor, A: Tensor, given: Tensor | None) -> Tensor:
    """A new contiguous (B, I, N) state or gradient of one, zero where none is given."""
    if given is None:
        return torch.zeros(u.shape[0], *A.shape)
    return given.detach().clone(memory_format=torch.contiguous_format)


def _share(kernel: Callable[..., None], arrays: list[NDArray[Any]], items: int) -> None:
    """Run a kernel over 0..items, in as many equal parts as torch may use threads."""
    workers = min(torch.get_num_threads(), items)
    mine, *others = itertools.pairwise(items * k // workers for k in range(workers + 1))
    pool = _pool(os.getpid(), workers)
    waiting = [pool.submit(kernel, *arrays, part) for part in others]
    kernel(*arrays, mine)  # this thread takes a part too
    for future in waiting:
        future.result()


@functools.cache
def _pool(_process: int, workers: int) -> ThreadPoolExecutor:
    """Persistent threads; a forked process must not inherit its parent's, hence the argument."""
    return ThreadPoolExecutor(workers, thread_name_prefix="metst-scan")
