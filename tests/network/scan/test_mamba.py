"""The adapter to mamba-ssm, against a stand-in with its published interface."""

import sys
from types import ModuleType

import pytest
import torch
from torch import Tensor

from metst.network.scan import mamba, reference
from metst.network.scan.backends import example_inputs

CPU = torch.device("cpu")


def selective_scan_fn(
    u: Tensor,
    delta: Tensor,
    A: Tensor,
    B: Tensor,
    C: Tensor,
    D: Tensor,
    return_last_state: bool = False,
) -> tuple[Tensor, Tensor]:
    """Channels before time: u, delta (B, I, T); B, C (B, N, T), as mamba-ssm has them."""
    assert return_last_state
    state, outputs = u.new_zeros(u.shape[0], *A.shape), []
    for t in range(u.shape[2]):
        decay = torch.exp(delta[:, :, t, None] * A)
        state = decay * state + (delta * u)[:, :, t, None] * B[:, None, :, t]
        outputs.append((state * C[:, None, :, t]).sum(-1))
    return torch.stack(outputs, dim=2) + D[:, None] * u, state.detach()


@pytest.fixture
def _stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("mamba_ssm", "mamba_ssm.ops", "mamba_ssm.ops.selective_scan_interface"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    module = sys.modules["mamba_ssm.ops.selective_scan_interface"]
    module.selective_scan_fn = selective_scan_fn  # type: ignore[attr-defined]


@pytest.mark.usefixtures("_stand_in")
@pytest.mark.parametrize("initial", [False, True])
@pytest.mark.parametrize("last", [False, True])
def test_equal_to_the_reference(initial: bool, last: bool) -> None:
    inputs = example_inputs(CPU, batch=2, frames=6, inner=4, states=3)
    start = torch.randn(2, 4, 3, generator=torch.Generator().manual_seed(1)) if initial else None
    y, state = mamba.forward(*inputs, start)
    want_y, want_state = reference.forward(*inputs, start)
    torch.testing.assert_close(y, want_y)
    torch.testing.assert_close(state, want_state)
    grad, grad_state = torch.cos(want_y), torch.sin(want_state) if last else None
    want = reference.backward(grad, grad_state, *inputs, start)
    got = mamba.backward(grad, grad_state, *inputs, start)
    inner = slice(None) if initial or last else slice(6)  # no initial state: its gradient is unused
    for one, other in zip(got[inner], want[inner], strict=True):
        torch.testing.assert_close(one, other)


def test_obstacles_say_what_would_mend_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "CUDA device" in str(mamba.obstacle(CPU, torch.float32))
    mamba._running_obstacle.cache_clear()
    monkeypatch.setitem(sys.modules, "mamba_ssm.ops.selective_scan_interface", None)
    assert "make mamba" in str(mamba._running_obstacle(torch.device("meta")))
    mamba._running_obstacle.cache_clear()
