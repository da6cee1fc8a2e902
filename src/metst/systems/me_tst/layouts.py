"""The names that the authors' checkpoints have for the entries of our networks."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from metst.systems.me_tst.network import METST
from metst.systems.me_tst_plus.network import SlowFast

PREFIX = "module."
"""Of every name: the networks were saved from torch's `DataParallel`."""

_RENAMED = (
    ("stem.first.convolution", "Stem.0"),
    ("stem.first.norm", "Stem.1"),
    ("stem.second.convolution", "Stem.3"),
    ("stem.second.norm", "Stem.4"),
    ("entry.convolution", "Stem_slow.0"),
    ("entry.norm", "Stem_slow.1"),
    ("norm_before", "attn.norm"),
    ("norm_after", "norm1"),
    ("mixer.conv.", "mixer.conv1d."),
    ("mixer", "attn.mamba"),
)
"""Parts of our names, and what stands for them."""

_NUMBERED = (
    (r"slow\.(\d+)", "block{}"),
    (r"fast\.(\d+)", "block{}_fast"),
    (r"fusions\.(\d+)\.convolution", "fuse_{}.conv.0"),
    (r"fusions\.(\d+)\.norm", "fuse_{}.conv.1"),
)
"""Likewise, of how a name in a trunk begins, with a number that counts from 0 in ours."""


@dataclass(frozen=True)
class Layout:
    """One of the ways in which checkpoints were written.

    Attributes:
        name: of the network, for messages.
        network: what it is built as, and the pathways it has there.
        trunks: where our trunks are.
        unused: a second list of blocks, which is stored and never run.
        head: how the heads are named.
    """

    name: str
    network: tuple[type[METST | SlowFast], str]
    trunks: tuple[str, ...]
    head: str
    unused: tuple[str, ...] = ()

    @property
    def slow_fast(self) -> bool:
        """Whether its trunks have two time bases."""
        return self.network[0] is SlowFast

    @property
    def first(self) -> str:
        """Name of the first block at every frame."""
        return PREFIX + self.trunks[0] + ("block1_fast.0" if self.slow_fast else "0")

    def names(self, own: str) -> list[str]:
        """The entries for one of ours: the first has its values, the others are never used."""
        found = re.fullmatch(r"trunks\.(\d+)\.(.+)", own)
        if not found:
            name = own.replace("spotting", self.head.format("fc_spot"))
            name = name.replace("recognition", self.head.format("fc_recog"))
            return [PREFIX + _renamed(name)]
        places = (self.trunks[int(found[1])], *self.unused)
        names = [PREFIX + place + _renamed(found[2]) for place in places]
        return names + [re.sub(r"\bnorm1\b", "norm2", x) for x in names if ".norm1." in x]

    def config(self, stored: Mapping[str, Tensor]) -> dict[str, Any]:
        """Arguments of the network, read from the shapes that fix them.

        Raises:
            LookupError, ValueError: the checkpoint lacks one of these entries, or its shape.
        """
        width, channels = stored[PREFIX + "Stem.0.weight"].shape[:2]
        inner, state = stored[f"{self.first}.attn.mamba.A_log"].shape
        head = self.head.format("fc_recog")
        sizes = {
            "channels": channels,
            "emotions": stored[f"{PREFIX}{head}.weight"].shape[0] - 1,
            "width": width,
            "depth": _count(re.escape(self.first[:-1]) + r"\d+\.", stored),
            "state": state,
            "expand": inner // max(width, 1),
            "conv": stored[f"{self.first}.attn.mamba.conv1d.weight"].shape[2],
            "pathways": self.network[1],
        }
        if self.slow_fast:
            stages = re.escape(PREFIX + self.trunks[0]) + r"block\d+\."
            sizes["stages"] = _count(stages, stored)
        return sizes

    def expected(self, network: nn.Module) -> dict[str, tuple[int, ...]]:
        """Every entry with its shape, for a network of this size."""
        expected: dict[str, tuple[int, ...]] = {}
        for own, tensor in network.state_dict().items():
            shape = tuple(tensor.shape)
            if own.endswith("mixer.conv.weight"):
                shape = (shape[0], 1, shape[1])  # the authors keep a grouped convolution
            expected |= dict.fromkeys(self.names(own), shape)
        return expected


LAYOUTS = (
    Layout("ME-TST", (METST, "shared"), ("blocks_spot.",), "{}.0", ("blocks_recog.",)),
    Layout("ME-TST", (METST, "shared"), ("spot_pathway.block.",), "{}", ("recog_pathway.block.",)),
    Layout("ME-TST+", (SlowFast, "separate"), ("spot_pathway.", "recog_pathway."), "{}"),
    Layout("BoostingVRME", (SlowFast, "single"), ("",), "{}.0"),
)
"""ME-TST as released in 2024 and as named since, and its successors."""


def layout_of(names: Collection[str]) -> Layout | None:
    """The layout that a checkpoint with these names has, by its first block; None of no other."""
    return next((x for x in LAYOUTS if f"{x.first}.attn.mamba.A_log" in names), None)


def _renamed(name: str) -> str:
    for ours, theirs in _RENAMED:
        name = name.replace(ours, theirs)
    for pattern, theirs in _NUMBERED:
        if found := re.match(pattern, name):
            name = theirs.format(int(found[1]) + 1) + name[found.end() :]
    return name


def _count(pattern: str, names: Collection[str]) -> int:
    """How many different beginnings of names match."""
    return len({found[0] for name in names if (found := re.match(pattern, name))})
