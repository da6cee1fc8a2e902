"""The scan on the CPU, float32: fused Numba kernels on slices of the batch, one thread each.

Threads are those of `metst.base.cpu`; what is left around the kernels is numpy's, which has
none. Each number is computed by one thread in a fixed order: results do not depend on how many
there are.
"""

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from metst.base.cpu import obstacle as obstacle
from metst.base.cpu import share

Array = NDArray[Any]

_LOG2E = math.log2(math.e)

_MANY = 16
"""Samples that are enough for all threads; fewer share their blocks of channels out too."""


def forward(
    u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor, D: Tensor, initial: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Outputs (B, T, I) and last state (B, I, N)."""
    from metst.base import simd
    from metst.network.scan import kernels

    inputs, shape = _inputs(u, delta, A, B, C, D)
    y = np.empty(inputs[0].shape, np.float32)
    state = _state(shape, initial)
    share(kernels.forward, [*inputs, y, state], shape[0] * (shape[1] // simd.LANES))
    inner, states = A.shape
    return _tensor(y[..., :inner]), _tensor(state[:, :inner, :states])


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
    from metst.base import simd
    from metst.network.scan import kernels

    inputs, shape = _inputs(u, delta, A, B, C, D)
    batch, width, rows = shape
    groups = 1 if batch >= _MANY else width // simd.LANES
    du, ddelta = np.empty((2, *inputs[0].shape), np.float32)
    dA = np.empty((batch, rows, width), np.float32)
    dB, dC = np.zeros((2, batch, groups, u.shape[1], rows), np.float32)
    dD = np.zeros((batch, width), np.float32)
    dstate = _state(shape, grad_state)
    outputs = [du, ddelta, dA, dB, dC, dD, dstate]
    given = [_state(shape, initial), _padded(grad, width)]
    share(kernels.backward, [*inputs, *given, *outputs], batch * groups)
    inner, states = A.shape
    return (
        _tensor(du[..., :inner]),
        _tensor(ddelta[..., :inner]),
        _tensor(dA.sum(0)[:states, :inner].T),  # (B, N, I) -> (I, N)
        _tensor(dB.sum(1)[..., :states]),  # (B, groups, T, N) -> (B, T, N)
        _tensor(dC.sum(1)[..., :states]),
        _tensor(dD.sum(0)[:inner]),
        _tensor(dstate[:, :inner, :states]),
    )


def activate(x: Tensor, weight: Tensor, bias: Tensor, lead: int) -> Tensor:
    """Silu of the causal convolution, see `metst.network.scan.pointwise.causal_silu`."""
    from metst.network.scan import pointwise_kernels as kernels

    batch, frames, inner = x.shape
    y = np.empty((batch, frames - lead, inner), np.float32)
    share(kernels.activate, [_rows(x), *_arrays(weight.t(), bias), lead, y], batch)
    return torch.from_numpy(y)


def activate_backward(
    grad: Tensor, x: Tensor, weight: Tensor, bias: Tensor, lead: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of x, weight and bias."""
    from metst.network.scan import pointwise_kernels as kernels

    batch, inner = x.shape[0], x.shape[2]
    dx = np.empty(x.shape, np.float32)
    dweight = np.empty((batch, weight.shape[1], inner), np.float32)
    dbias = np.empty((batch, inner), np.float32)
    given = [*_arrays(grad), _rows(x), *_arrays(weight.t(), bias), lead]
    share(kernels.activate_backward, [*given, dx, dweight, dbias], batch)
    # (B, taps, I) -> (I, taps); (B, I) -> (I,)
    return torch.from_numpy(dx), _tensor(dweight.sum(0).T), torch.from_numpy(dbias.sum(0))


def gate(y: Tensor, z: Tensor) -> Tensor:
    """Output y times silu(z)."""
    from metst.network.scan import pointwise_kernels as kernels

    out = np.empty(y.shape, np.float32)
    share(kernels.gate, [*_arrays(y), _rows(z), out], y.shape[0])
    return torch.from_numpy(out)


def gate_backward(grad: Tensor, y: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
    """Gradients of y and z."""
    from metst.network.scan import pointwise_kernels as kernels

    dy, dz = np.empty((2, *y.shape), np.float32)
    share(kernels.gate_backward, [*_arrays(grad, y), _rows(z), dy, dz], y.shape[0])
    return torch.from_numpy(dy), torch.from_numpy(dz)


def _arrays(*tensors: Tensor) -> list[Array]:
    """Contiguous views, or copies where there is none."""
    return [x.detach().contiguous().numpy() for x in tensors]


def _rows(tensor: Tensor) -> Array:
    """A view where only the first two dimensions are strided, else a copy."""
    tensor = tensor.detach()
    return (tensor if tensor.stride(2) == 1 else tensor.contiguous()).numpy()


def _inputs(
    u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor, D: Tensor
) -> tuple[list[Array], tuple[int, int, int]]:
    """The kernels' first six arrays, and B, I and N as they are padded: with zeros, which stay."""
    from metst.base import simd

    inner, states = A.shape
    width, rows = -(-inner // simd.LANES) * simd.LANES, -(-states // 2) * 2
    rates = np.zeros((rows, width), np.float32)
    rates[:states, :inner] = A.detach().numpy().T * _LOG2E  # (I, N) -> (N, I)
    wide = [_padded(x, width) for x in (u, delta)]
    narrow = [_padded(x, rows) for x in (B, C)]
    return [*wide, rates, *narrow, _padded(D, width)], (u.shape[0], width, rows)


def _padded(tensor: Tensor, length: int) -> Array:
    """Contiguous, with zeros after the last numbers of each row where it is shorter than that."""
    tensor = tensor.detach()
    if tensor.shape[-1] < length:
        tensor = functional.pad(tensor, (0, length - tensor.shape[-1]))
    return tensor.contiguous().numpy()


def _state(shape: tuple[int, int, int], given: Tensor | None) -> Array:
    """A new padded (B, I, N) state or gradient of one, zero where none is given."""
    state = np.zeros(shape, np.float32)
    if given is not None:
        state[:, : given.shape[1], : given.shape[2]] = given.detach().numpy()
    return state


def _tensor(array: Array) -> Tensor:
    """Without the padding in its memory."""
    return torch.from_numpy(np.ascontiguousarray(array))
