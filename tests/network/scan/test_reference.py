"""The plain-torch scan against loops in numpy and finite differences."""

import numpy as np
import pytest
import torch
from torch import Tensor

from metst.network.scan import reference


def random_inputs(batch: int, frames: int, inner: int, states: int) -> list[Tensor]:
    """u, delta, A, B, C, D and an initial state, float64."""
    rng = np.random.default_rng(batch + 10 * frames + 100 * inner)
    draw = [
        rng.normal(size=(batch, frames, inner)),
        rng.uniform(0.01, 1.5, size=(batch, frames, inner)),
        -rng.uniform(0.1, 3, size=(inner, states)),
        rng.normal(size=(batch, frames, states)),
        rng.normal(size=(batch, frames, states)),
        rng.normal(size=inner),
        rng.normal(size=(batch, inner, states)),
    ]
    return [torch.from_numpy(x) for x in draw]


@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (2, 5, 3, 4)])
def test_forward_is_the_recurrence(shape: tuple[int, int, int, int]) -> None:
    u, delta, A, B, C, D, initial = (x.numpy() for x in random_inputs(*shape))
    batch, frames, inner, states = shape
    y = np.zeros((batch, frames, inner))
    h = initial.copy()
    for b in range(batch):
        for t in range(frames):
            for i in range(inner):
                for n in range(states):
                    decay = np.exp(delta[b, t, i] * A[i, n])
                    h[b, i, n] = decay * h[b, i, n] + delta[b, t, i] * B[b, t, n] * u[b, t, i]
                    y[b, t, i] += C[b, t, n] * h[b, i, n]
                y[b, t, i] += D[i] * u[b, t, i]
    got_y, got_state = reference.forward(*random_inputs(*shape))
    np.testing.assert_allclose(got_y.numpy(), y, rtol=1e-12)
    np.testing.assert_allclose(got_state.numpy(), h, rtol=1e-12)


@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (2, 7, 3, 2)])
@pytest.mark.parametrize("stateful", [True, False])
def test_backward_agrees_with_autograd(shape: tuple[int, int, int, int], stateful: bool) -> None:
    inputs = [x.requires_grad_() for x in random_inputs(*shape)]
    if not stateful:
        inputs[-1] = torch.zeros_like(inputs[-1]).requires_grad_()
    y, state = reference.forward(*inputs)
    rng = torch.Generator().manual_seed(3)
    grad = torch.randn(y.shape, generator=rng, dtype=y.dtype)
    grad_state = torch.randn(state.shape, generator=rng, dtype=y.dtype) if stateful else None
    loss = (y * grad).sum() + (0 if grad_state is None else (state * grad_state).sum())
    expected = torch.autograd.grad(loss, inputs)
    plain = [x.detach() for x in inputs[:-1]]
    given = inputs[-1].detach() if stateful else None
    for got, want in zip(
        reference.backward(grad, grad_state, *plain, given), expected, strict=True
    ):
        torch.testing.assert_close(got, want)
