"""The scan on the CPU, float32: fused Numba kernels on slices of the batch, one thread each.

Torch's own threads and Numba's would spin against each other when both are OpenMP pools, so Numba
gets none: plain Python threads run its kernels, which release the interpreter lock, and sleep
between calls. What is left around the kernels is numpy's, which has no threads either. Each number
is computed by one thread in a fixed order: results do not depend on how many there are.
"""

import functools
import importlib
import itertools
import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[Any]

_LOG2E = math.log2(math.e)

_MANY = 16
"""Samples that are enough for all threads; fewer share their blocks of channels out too."""


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
    from metst.scan import kernels, simd

    inputs = _arrays(u, delta, A.t() * _LOG2E, B, C, D)
    y = np.empty(u.shape, np.float32)
    state = _state(u, A, initial)
    blocks = -(-u.shape[2] // simd.LANES)
    _share(kernels.forward, [*inputs, y, state], u.shape[0] * blocks)
    return torch.from_numpy(y), torch.from_numpy(state)


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
    from metst.scan import kernels, simd

    inputs = [*_arrays(u, delta, A.t() * _LOG2E, B, C, D), _state(u, A, initial), *_arrays(grad)]
    du, ddelta = np.empty(u.shape, np.float32), np.empty(u.shape, np.float32)
    batch, frames, inner = u.shape
    groups = 1 if batch >= _MANY else -(-inner // simd.LANES)
    dA = np.empty((batch, A.shape[1], inner), np.float32)
    dB, dC = np.zeros((2, batch, groups, frames, A.shape[1]), np.float32)
    dD = np.zeros((batch, inner), np.float32)
    dstate = _state(u, A, grad_state)
    _share(kernels.backward, [*inputs, du, ddelta, dA, dB, dC, dD, dstate], batch * groups)
    dA = np.ascontiguousarray(dA.sum(0).T)  # (B, N, I) -> (I, N)
    outputs = (du, ddelta, dA, dB.sum(1), dC.sum(1), dD.sum(0), dstate)
    return tuple(torch.from_numpy(x) for x in outputs)


def _arrays(*tensors: Tensor) -> list[Array]:
    """Contiguous views, or copies where there is none."""
    return [x.detach().contiguous().numpy() for x in tensors]


def _state(u: Tensor, A: Tensor, given: Tensor | None) -> Array:
    """A new contiguous (B, I, N) state or gradient of one, zero where none is given."""
    if given is None:
        return np.zeros((u.shape[0], *A.shape), np.float32)
    return np.array(given.detach().numpy(), np.float32, order="C")


def _share(kernel: Callable[..., None], arrays: list[Array], items: int) -> None:
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
