"""The size of a network, counted honestly, beside what a counter of module calls would report."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from metst.network.mixer import CausalConvolution, Mixer
from metst.systems.me_tst.network import METST

_SCAN_MACS = 3  # per state and frame: decay, input, output (the exponential is not counted)
_LAYER_NORM_MACS = 4  # per element: mean, variance, normalize, scale and shift
_BATCH_NORM_MACS = 1  # per element, in eval mode: statistics and weights fold into one
_HOOK_NORM_MACS = 4  # per element of either norm, as thop counts them in eval mode
_RELEASED_PASSES = 2  # the released forward pass calls its blocks once per task


@dataclass(frozen=True)
class Complexity:
    """Parameters, and multiply-accumulates (MACs) of one window in eval mode.

    Attributes:
        parameters: all that the forward pass uses.
        stored: in a checkpoint of the authors' layout: two lists of blocks, whether or not both are
            used, and one unused norm per block.
        macs: by kind. linear: inputs x outputs per frame. convolution: inputs x outputs x taps per
            frame (depthwise: channels x taps). norm: 4 per element of a layer norm, 1 of a batch
            norm. scan: 3 per state. Activations and sums are not counted.
        hook_parameters: as a counter that hooks torch's own layers and never sees inside the mixer
            counts them: the origin of the published 18.054 K.
        hook_macs: likewise, both passes of the released forward; the published 1.370 M.
    """

    parameters: int
    stored: int
    macs: Mapping[str, int]
    hook_parameters: int
    hook_macs: int


def complexity(config: Mapping[str, Any], frames: int = 50) -> Complexity:
    """Count a network of this configuration (`METST.config`) on windows of `frames` frames."""
    with torch.device("meta"):  # sizes only: allocates and draws nothing
        network = METST(**config)
    macs: Counter[str] = Counter({"linear": 0, "convolution": 0, "norm": 0, "scan": 0})
    for module in network.modules():
        macs += Counter({kind: frames * n for kind, n in _macs_per_frame(module).items()})
    seen = [m for name, m in network.named_modules() if not _hidden(name)]
    trunk = _parameters(network.trunks[0])
    return Complexity(
        parameters=_parameters(network),
        stored=_parameters(network)
        + (2 - len(network.trunks)) * trunk
        + 2 * network.config["depth"] * 2 * network.config["width"],
        macs=dict(macs),
        hook_parameters=sum(_parameters(m) for m in seen if not list(m.children())),
        hook_macs=frames * sum(_hook_macs_per_frame(m) for m in seen),
    )


def _parameters(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def _hidden(name: str) -> bool:
    """What a hook-based counter misses: mixers, and a second list of blocks, not in the release."""
    return ".mixer" in name or name.startswith("trunks.1")


def _macs_per_frame(module: nn.Module) -> dict[str, int]:
    """Of the module itself, without its parts."""
    match module:
        case nn.Linear():
            return {"linear": module.weight.numel()}
        case nn.Conv1d() | CausalConvolution():
            return {"convolution": module.weight.numel()}
        case nn.LayerNorm():
            return {"norm": _LAYER_NORM_MACS * module.weight.numel()}
        case nn.BatchNorm1d():
            return {"norm": _BATCH_NORM_MACS * module.num_features}
        case Mixer():
            return {"scan": _SCAN_MACS * module.A_log.numel()}
        case _:
            return {}


def _hook_macs_per_frame(module: nn.Module) -> int:
    """As `_macs_per_frame`, by the rules of thop and with the passes of the release."""
    match module:
        case nn.LayerNorm():
            return _RELEASED_PASSES * _HOOK_NORM_MACS * module.weight.numel()
        case nn.BatchNorm1d():
            return _HOOK_NORM_MACS * module.num_features
        case _:
            return sum(_macs_per_frame(module).values())
