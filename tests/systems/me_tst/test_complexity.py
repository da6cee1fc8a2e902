"""Sizes: the published figures, and counts by independent means."""

from pathlib import Path

import pytest
import torch
import yaml
from torch import Tensor, nn

from metst.systems.me_tst.complexity import complexity
from metst.systems.me_tst.network import METST

RELEASED = {"pathways": "shared"}


def test_released_configuration() -> None:
    """The figures of the paper and of its released checkpoint."""
    size = complexity(RELEASED)
    assert size.parameters == 630_918
    assert size.stored == 1_249_926
    assert size.hook_parameters == 18_054
    assert size.hook_macs == 1_369_600
    # 12 blocks: in, x, dt and out projections; 3 MACs for each of 128 x 64 states
    assert size.macs["scan"] == 12 * 50 * 3 * 128 * 64
    blocks = 12 * (256 * 64 + 132 * 128 + 4 * 128 + 128 * 64)
    assert size.macs["linear"] == 50 * (blocks + 64 * 6)


@pytest.mark.parametrize(
    "config",
    [
        {"pathways": "separate", "width": 32, "depth": 4, "state": 16},
        {"pathways": "shared", "width": 20, "depth": 1, "state": 3, "expand": 1, "conv": 2},
    ],
)
def test_counted_on_a_real_network(config: dict[str, object]) -> None:
    """Parameters by use, convolutions and linear layers by the work that torch does."""
    network = METST(**config)  # type: ignore[arg-type]
    macs = {"linear": 0, "convolution": 0}

    def count(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
        if isinstance(module, nn.Linear):
            macs["linear"] += output.numel() * args[0].shape[-1]
        elif isinstance(module, nn.Conv1d):
            macs["convolution"] += output.numel() * args[0].shape[1] * module.kernel_size[0]

    for module in network.modules():
        module.register_forward_hook(count)
    network.eval()
    score, logits = network(torch.randn(1, 10, 30))
    (score.sum() + logits.sum()).backward()
    size = complexity(config, frames=30)
    assert size.parameters == sum(p.numel() for p in network.parameters() if p.grad is not None)
    assert size.macs["linear"] == macs["linear"]
    taps = [m.conv.weight for m in network.modules() if hasattr(m, "conv")]
    depthwise = 30 * sum(weight.numel() for weight in taps)
    assert size.macs["convolution"] == macs["convolution"] + depthwise


def test_counting_draws_nothing() -> None:
    state = torch.get_rng_state()
    complexity({})
    assert torch.equal(torch.get_rng_state(), state)


def test_the_compact_experiment_is_as_small_as_published() -> None:
    """The published figures, 18.054 K and 1.370 M, with the insides of the blocks counted too."""
    experiment = yaml.safe_load(Path("experiments/systems/compact.yaml").read_text())
    network = experiment["model"]["init_args"]["network"]["init_args"]
    size = complexity(METST(**network).config)
    assert size.parameters <= 18_054
    assert sum(size.macs.values()) <= 1_369_600
