"""The authors' checkpoints, read into our network."""

import re
from pathlib import Path
from typing import Any

from torch import Tensor

from metst.base.errors import ConfigError, ReleaseError
from metst.systems.me_tst.network import METST
from metst.systems.me_tst.weights import read_plain, require_finite

KIND = "an authors' checkpoint"
LAYOUT = "module.Stem.0.weight, module.blocks_spot.0... and module.fc_recog.0.weight"

_BLOCK = re.compile(r"module\.blocks_spot\.(\d+)\.attn\.mamba\.A_log")

_OUTSIDE = {
    "stem.first.convolution": "Stem.0",
    "stem.first.norm": "Stem.1",
    "stem.second.convolution": "Stem.3",
    "stem.second.norm": "Stem.4",
    "spotting": "fc_spot.0",
    "recognition": "fc_recog.0",
}
_IN_BLOCK = {
    "norm_before": "attn.norm",
    "norm_after": "norm1",
    "mixer.A_log": "attn.mamba.A_log",
    "mixer.D": "attn.mamba.D",
    "mixer.conv": "attn.mamba.conv1d",
    "mixer.in_proj": "attn.mamba.in_proj",
    "mixer.x_proj": "attn.mamba.x_proj",
    "mixer.dt_proj": "attn.mamba.dt_proj",
    "mixer.out_proj": "attn.mamba.out_proj",
}
"""Our modules and parameters, and the names the release has for them."""


def load_network(path: Path | str, backend: str = "auto") -> METST:
    """Build the network of an authors' checkpoint (`subject_<name>.pkl`), in eval mode.

    The release runs one list of blocks for both tasks (`pathways="shared"`). The second list and
    one norm per block are in the file, are checked, and are not used, as in the release.

    Raises:
        ReleaseError: the file is missing, is no checkpoint of plain tensors, or its keys or shapes
            are not the published ones.
    """
    path = Path(path)
    stored = _read(path)
    network = _network(path, _config(stored, path), backend)
    expected = _expected(network)
    _compare(path, stored, expected)
    own = network.state_dict()
    require_finite(path, stored, ReleaseError)
    weights = {name: stored[_released_name(name)].reshape(own[name].shape) for name in own}
    network.load_state_dict(weights)
    return network.eval()


def _read(path: Path) -> dict[str, Tensor]:
    """Tensors of a state dict; only plain data is accepted, nothing is executed."""
    stored = read_plain(path, f"{KIND} (a file of torch.save)", ReleaseError)
    if not isinstance(stored, dict):
        msg = f"expected {KIND}: a state dict of names and tensors, found {type(stored).__name__}"
        raise ReleaseError(path, msg)
    others = [k for k, v in stored.items() if not (isinstance(k, str) and isinstance(v, Tensor))]
    if others:
        msg = f"expected {KIND}: a state dict of names and tensors, found {others[0]!r} in it"
        raise ReleaseError(path, msg)
    return stored


def _network(path: Path, config: dict[str, Any], backend: str) -> METST:
    try:
        return METST(**config, backend=backend)
    except (ConfigError, ValueError, RuntimeError, ArithmeticError) as error:
        sizes = ", ".join(f"{name} {config[name]}" for name in config if name != "pathways")
        msg = f"expected {KIND}; no network can have the sizes of its tensors: {sizes}"
        raise ReleaseError(path, msg) from error


def _config(stored: dict[str, Tensor], path: Path) -> dict[str, Any]:
    """Sizes of the network, read from the shapes that fix them."""
    depth = sum(1 for key in stored if _BLOCK.fullmatch(key))
    mamba = "module.blocks_spot.0.attn.mamba"
    try:
        width, channels = stored["module.Stem.0.weight"].shape[:2]
        inner, state = stored[f"{mamba}.A_log"].shape
        conv = stored[f"{mamba}.conv1d.weight"].shape[2]
        emotions = stored["module.fc_recog.0.weight"].shape[0] - 1
    except (KeyError, ValueError, IndexError) as error:
        key = sorted(stored)[0] if stored else "nothing"
        msg = f"not a checkpoint of the ME-TST release of 2024: expected {LAYOUT}, found {key}"
        raise ReleaseError(path, f"{msg}, {len(stored)} names in all") from error
    sizes = {"channels": channels, "emotions": emotions, "width": width, "depth": depth}
    return sizes | {
        "state": state,
        "expand": inner // max(width, 1),
        "conv": conv,
        "pathways": "shared",
    }


def _released_name(name: str, blocks: str = "blocks_spot") -> str:
    """The release's key for an entry of our state dict."""
    found = re.fullmatch(r"trunks\.0\.(\d+)\.(.+)", name)
    prefix = f"module.{blocks}.{found[1]}." if found else "module."
    rest = found[2] if found else name
    names = _IN_BLOCK if found else _OUTSIDE
    if rest in names:
        return prefix + names[rest]
    module, _, leaf = rest.rpartition(".")
    return f"{prefix}{names[module]}.{leaf}"


def _expected(network: METST) -> dict[str, tuple[int, ...]]:
    """Every key of the published format with its shape, for a network of these sizes."""
    expected: dict[str, tuple[int, ...]] = {}
    for name, tensor in network.state_dict().items():
        shape = tuple(tensor.shape)
        if name.endswith("mixer.conv.weight"):
            shape = (shape[0], 1, shape[1])  # the release keeps a grouped convolution
        for blocks in ("blocks_spot", "blocks_recog"):
            expected[_released_name(name, blocks)] = shape
    for blocks in ("blocks_spot", "blocks_recog"):
        for index in range(network.config["depth"]):
            for leaf in ("weight", "bias"):
                expected[f"module.{blocks}.{index}.norm2.{leaf}"] = (network.config["width"],)
    return expected


def _compare(path: Path, stored: dict[str, Tensor], expected: dict[str, tuple[int, ...]]) -> None:
    """Refuse a checkpoint with missing, unknown or differently shaped entries, naming the first."""
    missing = sorted(expected.keys() - stored.keys())
    unknown = sorted(stored.keys() - expected.keys())
    for what, keys in (("lacks", missing), ("has unknown", unknown)):
        if keys:
            more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
            raise ReleaseError(path, f"the checkpoint {what} {keys[0]}{more}")
    for key, shape in expected.items():
        if tuple(stored[key].shape) != shape:
            msg = f"{key}: expected shape {shape}, got {tuple(stored[key].shape)}"
            raise ReleaseError(path, msg)
