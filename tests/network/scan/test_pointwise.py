"""Convolution and gate, by the fused kernels and in plain torch, against loops over frames."""

import itertools
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from metst.base.simd import LANES
from metst.network.scan import causal_silu, gated
from tests.support.threads import torch_threads

FUSED = pytest.mark.parametrize("inner", [LANES, 4 * LANES])
BACKENDS = pytest.mark.parametrize("backend", ["cpu", "auto", "reference"])


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def naive_silu(x: Tensor) -> Tensor:
    return x / (1 + torch.exp(-x))


def naive_convolution(x: Tensor, weight: Tensor, bias: Tensor, lead: int) -> Tensor:
    """Frame by frame, tap by tap."""
    taps = weight.shape[1]
    frames = []
    for t in range(lead, x.shape[1]):
        seen = [x[:, t - k] * weight[:, taps - 1 - k] for k in range(min(taps, t + 1))]
        frames.append(naive_silu(bias + sum(seen)))
    return torch.stack(frames, dim=1)


def gradients(function: Callable[..., Tensor], inputs: list[Tensor]) -> list[Tensor]:
    """The output, and the gradients of all inputs for a random one of the output."""
    leaves = [x.detach().requires_grad_() for x in inputs]
    y = function(*leaves)
    return [y, *torch.autograd.grad(y, leaves, normal(*y.shape, seed=7).to(y.dtype))]


def check(fast: Callable[..., Tensor], naive: Callable[..., Tensor], inputs: list[Tensor]) -> None:
    """float32 within 1e-5 (norm by norm; of sums that cancel, 1e-5 itself) of a naive float64."""
    expected = gradients(naive, inputs)
    for got, want in zip(gradients(fast, [x.float() for x in inputs]), expected, strict=True):
        assert got.dtype == torch.float32
        assert got.shape == want.shape
        assert (got.double() - want).norm() <= 1e-5 * want.norm().clamp(min=1)


@BACKENDS
@settings(deadline=None, max_examples=30)
@given(
    batch=st.integers(1, 4),
    frames=st.integers(1, 9),
    inner=st.sampled_from([1, 5, LANES - 1, LANES, LANES + 1, 3 * LANES]),
    taps=st.integers(1, 6),
    carried=st.booleans(),
)
def test_convolution(
    backend: str, batch: int, frames: int, inner: int, taps: int, carried: bool
) -> None:
    """Also a single frame, fewer frames than taps, a past, and channels that fill no vector."""
    lead = taps - 1 if carried else 0
    weight, bias = normal(inner, taps, seed=1), normal(inner, seed=2)
    inputs = [normal(batch, lead + frames, inner), weight, bias]
    check(
        lambda x, weight, bias: causal_silu(x, weight, bias, lead, backend=backend),
        lambda x, weight, bias: naive_convolution(x, weight, bias, lead),
        inputs,
    )


@BACKENDS
@settings(deadline=None, max_examples=20)
@given(
    batch=st.integers(1, 4),
    frames=st.integers(1, 9),
    inner=st.sampled_from([1, LANES - 1, LANES, 2 * LANES]),
)
def test_gate(backend: str, batch: int, frames: int, inner: int) -> None:
    inputs = [normal(batch, frames, inner), 3 * normal(batch, frames, inner, seed=1)]
    check(lambda y, z: gated(y, z, backend=backend), lambda y, z: y * naive_silu(z), inputs)


@FUSED
def test_halves_of_a_matrix(inner: int) -> None:
    """As they come from the projection in front: neither half is contiguous."""
    both = normal(3, 7, 2 * inner).float()
    x, z = both.chunk(2, dim=-1)
    assert not x.is_contiguous()
    weight, bias = normal(inner, 4, seed=1).float(), normal(inner, seed=2).float()
    for function, strided in (
        (lambda x: causal_silu(x, weight, bias, backend="auto"), x),
        (lambda z: gated(x.contiguous(), z, backend="auto"), z),
    ):
        plain = gradients(function, [strided.contiguous()])
        for one, other in zip(gradients(function, [strided]), plain, strict=True):
            assert torch.equal(one, other)


@FUSED
def test_any_strides(inner: int) -> None:
    y, z = normal(3, inner, 7).float().mT, normal(7, 3, inner, seed=1).float().transpose(0, 1)
    got = gradients(lambda y, z: gated(y, z, backend="auto"), [y, z])
    want = gradients(lambda y, z: gated(y, z, backend="auto"), [y.contiguous(), z.contiguous()])
    assert all(torch.equal(one, other) for one, other in zip(got, want, strict=True))


@FUSED
def test_far_from_zero(inner: int) -> None:
    """Where the exponential overflows or vanishes, and where an input is not a number."""
    z = torch.linspace(-1e4, 1e4, 2 * inner).view(1, 2, inner)
    z[0, 0, 0], z[0, 1, 0] = torch.nan, 3e38
    y = torch.ones_like(z)
    got = gradients(lambda y, z: gated(y, z, backend="auto"), [y, z])
    want = gradients(lambda y, z: gated(y, z, backend="reference"), [y, z])
    for one, other in zip(got, want, strict=True):
        torch.testing.assert_close(one, other, equal_nan=True, rtol=1e-5, atol=1e-5)


@FUSED
def test_thread_count_changes_nothing(inner: int) -> None:
    x, weight, bias = normal(7, 20, inner), normal(inner, 4, seed=1), normal(inner, seed=2)
    inputs = [z.float() for z in (x, weight, bias)]
    runs = []
    for threads in (1, 2, 5):
        with torch_threads(threads):
            runs.append(gradients(lambda *z: causal_silu(*z, backend="cpu"), inputs))
    for one, other in itertools.pairwise(runs):
        assert all(torch.equal(x, y) for x, y in zip(one, other, strict=True))


@pytest.mark.parametrize("lead", [0, 3])
def test_opcheck(lead: int) -> None:
    """Schema, fake tensors, autograd registration, ahead-of-time dispatch."""
    x = normal(2, 3 + lead, 2 * LANES).float()[..., :LANES].requires_grad_()
    weight, bias = (z.float().requires_grad_() for z in (normal(LANES, 4), normal(LANES)))
    torch.library.opcheck(torch.ops.metst.causal_silu.default, (x, weight, bias, lead))
    y = normal(2, 3 + lead, LANES, seed=1).float().requires_grad_()
    torch.library.opcheck(torch.ops.metst.gate.default, (y, x))


def test_compiles_without_a_graph_break() -> None:
    def both(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return gated(causal_silu(x, weight, bias, backend="auto"), x, backend="auto").square()

    inputs = [normal(2, 5, LANES).float(), normal(LANES, 4).float(), normal(LANES).float()]
    compiled = torch.compile(both, fullgraph=True, backend="aot_eager")
    for got, want in zip(gradients(compiled, inputs), gradients(both, inputs), strict=True):
        torch.testing.assert_close(got, want)
