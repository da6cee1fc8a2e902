"""Stochastic depth: its schedule and its scaling."""

import pytest
import torch
from torch import Tensor, nn

from metst.network.mixer import Memory, Mixer
from metst.network.trunk import Block, drop_rates


def test_released_schedule() -> None:
    """Linspace(0, 0.2, 12) shifted by one block."""
    shifted = torch.linspace(0, 0.2, 12, dtype=torch.float64)[:-1].tolist()
    assert drop_rates(0.2, 12) == pytest.approx([0, *shifted])


@pytest.mark.parametrize(("depth", "rates"), [(1, [0]), (2, [0, 0]), (3, [0, 0, 0.1])])
def test_other_depths(depth: int, rates: list[float]) -> None:
    assert drop_rates(0.2, depth) == pytest.approx(rates)


class _One(nn.Module):
    """Stands for a normed mixer whose output is 1 everywhere."""

    def forward(self, x: Tensor, memory: Memory | None = None) -> Tensor:  # noqa: ARG002
        return torch.ones_like(x)


def test_drops_whole_windows_and_keeps_the_mean() -> None:
    block = Block(Mixer(4, 2, 2, 2, "reference"), 4, drop=0.25)
    block.mixer, block.norm_after = _One(), nn.Identity()  # type: ignore[assignment]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        change = block(torch.zeros(4000, 3, 4))
    per_window = change[:, 0, 0]
    assert torch.equal(change, per_window[:, None, None].expand_as(change))
    assert per_window.unique().tolist() == pytest.approx([0, 1 / 0.75])
    assert per_window.mean().item() == pytest.approx(1, abs=0.05)  # 5 standard errors
    block.eval()
    assert torch.equal(block(torch.zeros(5, 3, 4)), torch.ones(5, 3, 4))
