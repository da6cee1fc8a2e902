"""The scan as an operator, through every backend that works here."""

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from metst.base.errors import BackendError
from metst.network.scan import probe, selective_scan
from tests.support.threads import torch_threads

CPU = torch.device("cpu")
FAST = [p.name for p in probe(CPU) if p.works and p.name != "reference"]
WORKING = [*FAST, "reference"]


def draw(
    batch: int,
    frames: int,
    inner: int,
    states: int,
    seed: int = 0,
    steps: tuple[float, float] = (0.01, 1),
) -> list[Tensor]:
    """u, delta, A, B, C, D and an initial state, float64, steps uniform in their logarithm."""
    rng = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=rng, dtype=torch.float64)

    low, high = (torch.tensor(x, dtype=torch.float64).log() for x in steps)
    uniform = torch.rand(batch, frames, inner, generator=rng, dtype=torch.float64)
    return [
        normal(batch, frames, inner),
        (low + (high - low) * uniform).exp(),
        -torch.arange(1.0, states + 1, dtype=torch.float64).repeat(inner, 1)
        * (1 + 0.1 * normal(inner, states).tanh()),
        normal(batch, frames, states),
        normal(batch, frames, states),
        normal(inner),
        normal(batch, inner, states),
    ]


def results(inputs: list[Tensor], backend: str) -> list[Tensor]:
    """y, last state and the gradients of all seven inputs for random gradients of both."""
    leaves = [x.detach().requires_grad_() for x in inputs]
    *tensors, initial = leaves
    y, state = selective_scan(*tensors, initial_state=initial, return_state=True, backend=backend)
    rng = torch.Generator().manual_seed(7)
    grads = [torch.randn(x.shape, generator=rng).to(x.dtype) for x in (y, state)]
    return [y, state, *torch.autograd.grad([y, state], leaves, grads)]


def check(inputs: list[Tensor], backend: str, tolerance: float = 1e-4) -> None:
    """float32 results within a relative error (norm by norm) of float64's by plain torch.

    Where sums cancel, plain torch in float32 is further off too: then within 10 of its errors.
    """
    single = [x.float() for x in inputs]
    expected, plain = results(inputs, "reference"), results(single, "reference")
    for index, (got, want) in enumerate(zip(results(single, backend), expected, strict=True)):
        assert got.dtype == torch.float32
        assert got.shape == want.shape
        error, torchs = (relative_error(x, want) for x in (got, plain[index]))
        most = max(tolerance, 10 * torchs)
        assert error <= most, f"result {index}: relative error {error:.1e}, at most {most:.1e}"


def relative_error(got: Tensor, want: Tensor) -> float:
    got, want = got.detach().double(), want.detach()
    return float((got - want).norm() / want.norm().clamp(min=1e-30))


@pytest.mark.parametrize("backend", WORKING)
@pytest.mark.parametrize(
    "shape",
    [
        (1, 1, 1, 1),
        (3, 2, 5, 1),  # shorter than any convolution
        (1, 64, 16, 16),  # exactly one span of the backward pass
        (2, 65, 7, 3),  # one frame more
        (2, 200, 33, 5),
        (1, 9, 130, 64),  # more channels than a kernel takes at once
        (5, 50, 64, 16),
    ],
)
def test_values_and_gradients(backend: str, shape: tuple[int, int, int, int]) -> None:
    check(draw(*shape), backend)


@pytest.mark.parametrize("backend", FAST)
@settings(deadline=None, max_examples=30)
@given(
    batch=st.integers(1, 5),
    frames=st.integers(1, 140),
    inner=st.integers(1, 140),
    states=st.integers(1, 20),
    scale=st.sampled_from([1e-6, 1e-3, 1.0, 30.0]),
)
def test_any_shape_and_step(
    backend: str, batch: int, frames: int, inner: int, states: int, scale: float
) -> None:
    steps = (0.1 * scale, scale)
    check(draw(batch, frames, inner, states, seed=frames, steps=steps), backend)


@pytest.mark.parametrize("backend", WORKING)
def test_small_steps_do_not_add_up_to_an_error(backend: str) -> None:
    """Over a long video: held for 3,000 frames a state stays, to the last bit where steps are 0."""
    inputs = draw(1, 3000, 2, 2, steps=(1e-7, 1e-5))
    check(inputs, backend, tolerance=1e-5)
    u, delta, *rest, initial = (x.float() for x in inputs)
    state = selective_scan(
        *(u, delta * 0, *rest), initial_state=initial, return_state=True, backend=backend
    )[1]
    assert torch.equal(state, initial)


@pytest.mark.parametrize("backend", FAST)
def test_extreme_steps_stay_finite(backend: str) -> None:
    """Steps of 0 and of 1e4 under rates of -1e4: the states stay or vanish, nothing is NaN."""
    u, delta, A, B, C, D, initial = (x.float() for x in draw(2, 6, 4, 3))
    delta[:, ::2] = 0
    delta[:, 1::2] = 1e4
    got = results([u, delta, A * 1e4, B, C, D, initial], backend)
    want = results([x.double() for x in (u, delta, A * 1e4, B, C, D, initial)], "reference")
    assert all(torch.isfinite(x).all() for x in want)
    for one, other in zip(got, want, strict=True):
        torch.testing.assert_close(one.double(), other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("backend", WORKING)
@pytest.mark.parametrize("index", range(7))
def test_nan_is_not_hidden(backend: str, index: int) -> None:
    inputs = [x.float() for x in draw(2, 3, 4, 3)]
    inputs[index][-1] = torch.nan
    *tensors, initial = inputs
    y = selective_scan(*tensors, initial_state=initial, backend=backend)
    assert isinstance(y, Tensor)
    assert y.isnan().any()


@pytest.mark.parametrize("backend", FAST)
def test_strided_inputs(backend: str) -> None:
    u, delta, A, B, C, D, initial = (x.float() for x in draw(2, 9, 6, 4))
    strided = [
        u.transpose(0, 1).contiguous().transpose(0, 1),
        delta.transpose(1, 2).contiguous().transpose(1, 2),
        A.t().contiguous().t(),
        torch.stack([B, B], dim=-1)[..., 0],
        torch.cat([C, C], dim=-1)[..., 4:],
        D.repeat_interleave(2)[::2],
        initial.transpose(0, 2).contiguous().transpose(0, 2),
    ]
    assert not any(x.is_contiguous() for x in strided)
    plain = results([u, delta, A, B, C, D, initial], backend)
    for one, other in zip(results(strided, backend), plain, strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("backend", FAST)
def test_thread_count_changes_nothing(backend: str) -> None:
    inputs = [x.float() for x in draw(7, 70, 150, 9)]
    runs = []
    for threads in (1, 2, 5):
        with torch_threads(threads):
            runs.append(results(inputs, backend))
    for one, other in itertools.pairwise(runs):
        assert all(torch.equal(x, y) for x, y in zip(one, other, strict=True))


@pytest.mark.parametrize("backend", WORKING)
def test_state_carries_a_video_on(backend: str) -> None:
    u, delta, A, B, C, D, _ = (x.float() for x in draw(2, 31, 5, 4))
    whole, last = selective_scan(u, delta, A, B, C, D, return_state=True, backend=backend)
    state, parts = None, []
    for start, stop in ((0, 1), (1, 20), (20, 31)):
        s = slice(start, stop)
        y, state = selective_scan(
            u[:, s], delta[:, s], A, B[:, s], C[:, s], D,
            initial_state=state, return_state=True, backend=backend,
        )  # fmt: skip
        parts.append(y)
    torch.testing.assert_close(torch.cat(parts, dim=1), whole, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(state, last, rtol=1e-5, atol=1e-6)


def test_without_direct_path_and_state() -> None:
    u, delta, A, B, C, D, _ = draw(2, 5, 3, 2)
    y = selective_scan(u, delta, A, B, C)
    assert isinstance(y, Tensor)
    torch.testing.assert_close(y + D * u, selective_scan(u, delta, A, B, C, D))


def test_half_precision_is_computed_in_float32() -> None:
    inputs = [x.bfloat16() for x in draw(2, 5, 3, 2)[:-1]]
    y = selective_scan(*inputs)
    assert y.dtype == torch.bfloat16
    assert torch.equal(y, selective_scan(*(x.float() for x in inputs)).bfloat16())


@pytest.mark.parametrize("backend", WORKING)
@pytest.mark.parametrize("stateful", [True, False])
def test_opcheck(backend: str, stateful: bool) -> None:
    """Schema, fake tensors, autograd registration, ahead-of-time dispatch."""
    *inputs, initial = (x.float().requires_grad_() for x in draw(2, 5, 3, 2))
    args = (*inputs, initial if stateful else None, backend)
    torch.library.opcheck(torch.ops.metst.selective_scan.default, args)


def test_compiles_without_a_graph_break() -> None:
    def squared(*tensors: Tensor) -> Tensor:
        return selective_scan(*tensors).square().sum()

    inputs = [x.float().requires_grad_() for x in draw(2, 5, 3, 2)[:-1]]
    compiled = torch.compile(squared, fullgraph=True, backend="aot_eager")
    expected = torch.autograd.grad(squared(*inputs), inputs)
    for got, want in zip(torch.autograd.grad(compiled(*inputs), inputs), expected, strict=True):
        torch.testing.assert_close(got, want)


@pytest.mark.parametrize(
    ("index", "name"), [(1, "delta"), (2, "A"), (3, "B"), (4, "C"), (5, "D"), (6, "initial_state")]
)
def test_wrong_shapes_are_named(index: int, name: str) -> None:
    inputs = draw(2, 5, 3, 2)
    inputs[index] = inputs[index][..., :-1] if index != 2 else inputs[index][:-1]
    *tensors, initial = inputs
    with pytest.raises(ValueError, match=f"expected {name} of shape"):
        selective_scan(*tensors, initial_state=initial)


def test_no_frames() -> None:
    u, delta, A, B, C, D, _ = draw(1, 1, 3, 2)
    with pytest.raises(ValueError, match="T >= 1"):
        selective_scan(u[:, :0], delta[:, :0], A, B[:, :0], C[:, :0], D)


def test_backends_that_cannot_work() -> None:
    inputs = draw(1, 2, 3, 2)[:-1]
    with pytest.raises(BackendError, match="float32 only"):
        selective_scan(*inputs, backend="cpu")
    with pytest.raises(BackendError, match="expected auto, mamba_ssm, cpu, triton, reference"):
        selective_scan(*inputs, backend="numba")
