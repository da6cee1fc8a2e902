"""Checkpoints in the format of the authors' release."""

import torch
from torch import Tensor

from metst.systems.me_tst.network import METST


def in_published_format(network: METST) -> dict[str, Tensor]:
    """A checkpoint as the authors' code saves it, for a network with shared pathways."""
    own = network.state_dict()
    stored: dict[str, Tensor] = {}
    for released, ours in ((0, "first.convolution"), (3, "second.convolution")):
        for leaf in ("weight", "bias"):
            stored[f"module.Stem.{released}.{leaf}"] = own[f"stem.{ours}.{leaf}"]
    for released, ours in ((1, "first.norm"), (4, "second.norm")):
        for leaf in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"):
            stored[f"module.Stem.{released}.{leaf}"] = own[f"stem.{ours}.{leaf}"]
    for released, ours in (("fc_spot", "spotting"), ("fc_recog", "recognition")):
        for leaf in ("weight", "bias"):
            stored[f"module.{released}.0.{leaf}"] = own[f"{ours}.{leaf}"]
    for index in range(network.config["depth"]):
        for name, tensor in own.items():
            prefix = f"trunks.0.{index}."
            if not name.startswith(prefix):
                continue
            rest = name.removeprefix(prefix)
            rest = rest.replace("norm_before", "attn.norm").replace("norm_after", "norm1")
            rest = rest.replace("mixer.conv", "mixer.conv1d").replace("mixer", "attn.mamba")
            value = tensor[:, None] if rest.endswith("conv1d.weight") else tensor
            stored[f"module.blocks_spot.{index}.{rest}"] = value
            stored[f"module.blocks_recog.{index}.{rest}"] = torch.full_like(value, 9)
        for blocks in ("blocks_spot", "blocks_recog"):
            for leaf in ("weight", "bias"):
                key = f"module.{blocks}.{index}.norm2.{leaf}"
                stored[key] = torch.zeros(network.config["width"])
    return stored
