"""Distributions of new weights."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from metst.network.mixer import Mixer
from metst.systems.me_tst.network import METST


def built(init: str) -> METST:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return METST(init=init)


def mixers(network: METST) -> list[Mixer]:
    return [module for module in network.modules() if isinstance(module, Mixer)]


def test_released_linears() -> None:
    network = built("released")
    for name, module in network.named_modules():
        if isinstance(module, nn.Linear) and not name.endswith("out_proj"):
            error = 5 * 0.02 / math.sqrt(2 * module.weight.numel())  # 5 standard errors
            assert module.weight.std().item() == pytest.approx(0.02, abs=error), name
            assert module.bias is None or not module.bias.any(), name


def test_released_outputs() -> None:
    """Kaiming-uniform with a = sqrt 5 draws within 1 / sqrt(fan in); then halved."""
    for mixer in mixers(built("released")):
        bound = 1 / math.sqrt(mixer.out_proj.in_features) / 2
        highest = mixer.out_proj.weight.abs().max().item()
        assert 0.99 * bound < highest <= bound


@pytest.mark.parametrize("init", ["released", "mamba"])
def test_rates_and_direct_path(init: str) -> None:
    for mixer in mixers(built(init)):
        want = torch.arange(1.0, 65).expand(128, 64)
        torch.testing.assert_close(mixer.A_log.exp(), want)
        assert (mixer.D == 1).all()


def test_mamba_steps_are_spread_in_the_logarithm() -> None:
    steps = torch.cat([functional.softplus(m.dt_proj.bias) for m in mixers(built("mamba"))])
    assert 1e-3 * 0.999 <= steps.min() <= 1.2e-3
    assert 0.085 <= steps.max() <= 0.1 * 1.001
    position = (steps.log() - math.log(1e-3)) / math.log(100)
    assert position.mean().item() == pytest.approx(0.5, abs=0.03)  # 5 standard errors
