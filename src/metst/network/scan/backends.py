"""Which implementations of the scan work here, and which of them `auto` takes."""

import functools
import importlib
import logging
import time
from dataclasses import dataclass
from typing import Protocol, cast

import torch
from torch import Tensor

from metst.base.errors import BackendError

Inputs = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]

_LOG = logging.getLogger(__name__)

_MODULES = {
    "mamba_ssm": "metst.network.scan.mamba",
    "cpu": "metst.network.scan.cpu",
    "triton": "metst.network.scan.triton",
    "reference": "metst.network.scan.reference",
}
"""Modules of the backends by name, on each device the fastest first; imported when asked for."""


class Backend(Protocol):
    """What a module of `_MODULES` offers; shapes as in `metst.network.scan.selective_scan`."""

    def obstacle(self, device: torch.device, dtype: torch.dtype) -> str | None:
        """Why it cannot work there and what to do, or None where it can."""

    def forward(
        self,
        u: Tensor,
        delta: Tensor,
        A: Tensor,
        B: Tensor,
        C: Tensor,
        D: Tensor,
        initial: Tensor | None,
    ) -> tuple[Tensor, Tensor]:
        """Outputs (B, T, I) and last state (B, I, N), neither a view of an input."""

    def backward(
        self,
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


@dataclass(frozen=True)
class Choice:
    """The backend that a call gets, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class Probe:
    """What came of running a backend once.

    Attributes:
        why: the obstacle and what to do where it does not work, else empty.
        seconds: a forward and a backward at B 8, T 50, I 64, N 16; None where it does not work.
    """

    name: str
    works: bool
    why: str
    seconds: float | None


@functools.cache
def load(name: str) -> Backend:
    """Import the module of a backend.

    Raises:
        BackendError: no backend has this name.
    """
    if name not in _MODULES:
        msg = f"unknown scan backend {name!r}: expected auto, {', '.join(_MODULES)}"
        raise BackendError(msg)
    return cast("Backend", importlib.import_module(_MODULES[name]))


@functools.cache
def choose(backend: str, device: torch.device, dtype: torch.dtype) -> Choice:
    """Resolve a backend's name for tensors of a device and dtype; logs the choice and why.

    Raises:
        BackendError: a backend asked for by name cannot work there (the message has what to do).
    """
    if backend != "auto":
        why = load(backend).obstacle(device, dtype)
        if why is not None:
            msg = f"scan backend {backend!r} cannot work on {device} with {dtype}: {why}"
            raise BackendError(msg)
        return Choice(backend, "asked for")
    passed: list[str] = []
    for name in _MODULES:
        why = load(name).obstacle(device, dtype)
        if why is None:
            choice = Choice(name, "; ".join(["the fastest that works", *passed]))
            _LOG.info("selective scan on %s, %s: %s (%s)", device, dtype, name, choice.why)
            return choice
        passed.append(f"not {name}: {why}")
    raise AssertionError


def probe(device: torch.device | None = None) -> list[Probe]:
    """Run every backend forward and backward once on a device (the CPU unless given)."""
    device = torch.device("cpu") if device is None else device
    return [_probe(name, device) for name in _MODULES]


def _probe(name: str, device: torch.device) -> Probe:
    backend = load(name)
    why = backend.obstacle(device, torch.float32)
    if why is not None:
        return Probe(name, works=False, why=why, seconds=None)
    example = example_inputs(device)
    _both(backend, example)  # compiles
    start = time.perf_counter()
    _both(backend, example)
    return Probe(name, works=True, why="", seconds=time.perf_counter() - start)


def _both(backend: Backend, example: Inputs) -> None:
    y, state = backend.forward(*example, None)
    backend.backward(y, state, *example, None)
    if y.is_cuda:
        torch.cuda.synchronize(y.device)


def example_inputs(
    device: torch.device, batch: int = 8, frames: int = 50, inner: int = 64, states: int = 16
) -> Inputs:
    """Random u, delta, A, B, C, D of plausible sizes, float32, always the same."""
    rng = torch.Generator().manual_seed(0)
    u = torch.randn(batch, frames, inner, generator=rng)
    delta = torch.rand(batch, frames, inner, generator=rng)
    A = -torch.arange(1.0, states + 1).repeat(inner, 1)  # (N,) -> (I, N)
    B = torch.randn(batch, frames, states, generator=rng)
    C = torch.randn(batch, frames, states, generator=rng)
    D = torch.ones(inner)
    return (
        u.to(device),
        delta.to(device),
        A.to(device),
        B.to(device),
        C.to(device),
        D.to(device),
    )
