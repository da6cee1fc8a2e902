"""Checkpoints of ME-TST+ and BoostingVRME as their authors write them."""

import json
from pathlib import Path

import torch
from torch import Tensor

from metst.systems.me_tst.layouts import LAYOUTS
from metst.systems.me_tst.weights import Network
from tests.support.image_systems import drawn


def checkpoint(recipe: Path) -> dict[str, Tensor]:
    """The state dict that a recipe describes: `seed`, `prefix` and `tensors`.

    Of each tensor: name, shape, low, high, kind.
    """
    content = json.loads(recipe.read_text())
    stored = {}
    for name, shape, low, high, kind in content["tensors"]:
        value = (
            torch.tensor(7) if kind == "count" else drawn(content["seed"], name, shape, low, high)
        )
        states = torch.arange(1.0, shape[-1] + 1).log() if kind == "A_log" else 0
        stored[content["prefix"] + name] = value + states
    return stored


def written(network: Network, layout: int) -> dict[str, Tensor]:
    """A checkpoint in a layout of the authors, by its number; what they never run is 9."""
    stored: dict[str, Tensor] = {}
    for own, value in network.state_dict().items():
        first, *unused = LAYOUTS[layout].names(own)
        stored[first] = value[:, None] if own.endswith("mixer.conv.weight") else value
        stored |= {name: torch.full_like(stored[first], 9) for name in unused}
    return stored
