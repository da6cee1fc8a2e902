"""The published detectors by the names that the parity files give them."""

import json
import re
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from metst.network.detection import NO_BOX, Boxes, Detector, Outputs
from metst.systems.detector import Design
from metst.systems.lgsnet import module as lgsnet
from metst.systems.lssnet import module as lssnet
from tests.support.image_systems import drawn
from tests.support.successors import checkpoint

NAMES = {
    r"features\.base_feature_net\.conv1": "base.0.0",
    r"features\.base_feature_net\.conv2": "base.1.0",
    r"features\.convs\.(\d)(\.0)?\.(?=[wb])": r"levels.\1.0.",
    r"features\.fuse\.0\.enhance\.0\.cb\.0": "fusion.enhance.0",
    r"features\.fuse\.0\.enhance\.1": "fusion.enhance.1",
    r"features\.fuse\.0\.base\.0\.cb\.(\d)": r"fusion.base.\1",
    r"features\.fuse\.0\.base\.1": "fusion.base.2",
    r"features\.fuse\.0\.fuse": "fusion.fuse",
    r"se\.bn": "norm",
    r"se\.conv2\.0": "gate.over_time",
    r"loc_net\.reduce_channels\.convs\.(\d)": r"reduce.\1.0",
    r"loc_net\.pred\.head_branches\.(\d)\.convs\.0": r"heads.\1.0",
    r"loc_net\.pred\.head_branches\.(\d)\.convs\.1": r"heads.\1.2",
    r"loc_net\.pred\.pred_heads\.(\d)": r"heads.\1.4",
    r"loc_net\.pred\.lgf": "block",
    r"block\.(lcoal_global|wg)": "block.mix",
    r"block\.wl": "block.gate",
    r"block\.ln": "block.norm",
}
"""Published names as patterns, and ours."""


def renamed(name: str, family: str) -> str:
    """Our name of a published tensor."""
    for pattern, ours in NAMES.items():
        name = re.sub(pattern, ours, name)
    return re.sub(r"block\.conv", "block.linear", name) if family == "lgsnet" else name


def design_of(family: str, name: str) -> Design:
    """The design that a name such as `cas`, `samm_5_full` or `cas_10` stands for."""
    module = {"lssnet": lssnet, "lgsnet": lgsnet}[family]
    if name.endswith(("_10", "_36")):
        return module.FLOW
    names = {"samm": "samm", "cas3": "casme3", "cas": "casme2"}
    return module.DESIGNS[next(ours for start, ours in names.items() if name.startswith(start))]


def published(recipe: Path) -> tuple[Detector, Tensor]:
    """Network and input of a recipe."""
    family, _, name = recipe.stem.removesuffix("_recipe").partition("_")
    weights = checkpoint(recipe)
    first = weights["features.base_feature_net.conv1.weight"]
    network = Detector(first.shape[1], design_of(family, name).shape)
    network.load_state_dict({renamed(key, family): x for key, x in weights.items()})
    content = json.loads(recipe.read_text())
    return network.eval(), drawn(content["seed"], *content["input"][:4])


def boxes(file: "np.lib.npyio.NpzFile", prefix: str, windows: int | None = None) -> Boxes:
    """Annotated intervals of the first windows."""
    place, label, count = (
        torch.from_numpy(file[f"{prefix}_{name}"][:windows])
        for name in ("boxes", "labels", "counts")
    )
    there = torch.arange(label.shape[1]) < count[:, None]
    return Boxes(place, torch.where(there, label, NO_BOX))


def outputs(file: "np.lib.npyio.NpzFile", prefix: str) -> tuple[Outputs, list[Tensor]]:
    """Recorded outputs, and the leaves that they are made of."""
    leaves = [
        torch.from_numpy(file[f"{prefix}_{name}"]).requires_grad_()
        for name in ("af_cls", "af_reg", "ab")
    ]
    return Outputs(leaves[0], leaves[1], leaves[2][..., :2], leaves[2][..., 2:]), leaves
