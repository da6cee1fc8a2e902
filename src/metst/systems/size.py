"""How large a system is: parameters, and multiply-accumulates of one forward pass."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from metst.base.errors import MetstError
from metst.network.mixer import Mixer
from metst.samples import FlowWindows, OnsetApexImages, PairImages, Samples
from metst.systems.checks import FAULTS
from metst.systems.system import System


@dataclass(frozen=True)
class Size:
    """What one forward pass takes.

    Attributes:
        parameters: that are trained.
        operations: multiply-accumulates of linear layers and convolutions, as torch counts them,
            and of the scan (3 per state); None where it is not known.
        per: of what: a frame, or an interval that is named.
    """

    parameters: int
    operations: int | None = None
    per: str = ""


NO_SIZE = Size(0)
"""Of what has no network."""


def size_of(system: System, samples: Samples) -> Size:
    """Size of a system on its samples.

    Operations are not known where it has no `network`, or one that refuses the samples: what is
    wrong with it, its run reports.
    """
    parameters = sum(p.numel() for p in system.parameters() if p.requires_grad)
    if isinstance(samples, PairImages):
        images, frames, per = torch.zeros(1, 3, 42, 42), samples.feature.every, "frame"
    elif isinstance(samples, OnsetApexImages):
        channels, side = len(samples.channels), samples.size
        images, frames, per = torch.zeros(1, channels, side, side), 1, "interval"
    elif isinstance(samples, FlowWindows) and parameters:
        flow: Any = samples.feature
        images = torch.zeros(1, flow.channels, samples.k)
        frames, per = samples.k, "frame"
    else:
        return Size(parameters)
    network = getattr(system, "network", None)
    if not isinstance(network, nn.Module):
        return Size(parameters)
    try:
        return Size(parameters, operations(network, images, frames), per)
    except (*FAULTS, MetstError):
        return Size(parameters)


def operations(network: nn.Module, example: Tensor, frames: int) -> int:
    """Multiply-accumulates per frame of one forward pass, see `Size`.

    Args:
        network: it is in eval mode afterwards.
        example: what it reads.
        frames: what the example stands for: of windows of flow, their frames.
    """
    counter = FlopCounterMode(display=False)
    with torch.inference_mode(), counter:
        network.eval()(example)
    scans = [m for m in network.modules() if isinstance(m, Mixer)]
    states = 3 * frames * sum(m.A_log.numel() for m in scans)  # of windows alone
    return (counter.get_total_flops() // 2 + states) // frames
