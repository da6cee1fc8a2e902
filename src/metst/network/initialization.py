"""How a new network's weights are drawn, from torch's default generator."""

import math

import torch
from torch import nn

from metst.network.mixer import Mixer

SCHEMES = ("released", "mamba")

_STD = 0.02  # of every linear weight; the authors' released code
_SLOWEST, _FASTEST = 1e-3, 1e-1  # step sizes at the start; the default of Mamba-1
_FLOOR = 1e-4  # smallest step size at the start; the default of Mamba-1


def initialize(network: nn.Module, scheme: str) -> None:
    """Draw the linear weights as the authors' released code ("released") or Mamba-1 ("mamba") does.

    Both leave convolutions, A and D as they were built.
    """
    mixers = [module for module in network.modules() if isinstance(module, Mixer)]
    if scheme == "released":
        for module in network.modules():
            if isinstance(module, nn.Linear):
                _draw_normal(module)
        for mixer in mixers:
            _draw_output(mixer, divisor=2)  # the authors' released code
    else:
        for mixer in mixers:
            _draw_steps(mixer.dt_proj)
            _draw_output(mixer, divisor=math.sqrt(len(mixers)))


def _draw_normal(linear: nn.Linear) -> None:
    """Also for the projection to the step sizes, which all start near softplus(0) = 0.69."""
    nn.init.trunc_normal_(linear.weight, std=_STD)
    if linear.bias is not None:
        nn.init.zeros_(linear.bias)


def _draw_output(mixer: Mixer, divisor: float) -> None:
    nn.init.kaiming_uniform_(mixer.out_proj.weight, a=math.sqrt(5))
    with torch.no_grad():
        mixer.out_proj.weight /= divisor


def _draw_steps(dt_proj: nn.Linear) -> None:
    """Step sizes spread evenly in the logarithm: the bias is the inverse softplus of them."""
    bound = dt_proj.in_features**-0.5
    nn.init.uniform_(dt_proj.weight, -bound, bound)
    low, high = math.log(_SLOWEST), math.log(_FASTEST)
    steps = torch.empty(dt_proj.out_features).uniform_(low, high).exp().clamp(min=_FLOOR)
    with torch.no_grad():
        dt_proj.bias.copy_(steps + torch.log(-torch.expm1(-steps)))
