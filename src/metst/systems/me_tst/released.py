"""The authors' checkpoints, read into our network."""

from pathlib import Path

from torch import Tensor

from metst.base.errors import ConfigError, ReleaseError
from metst.systems.me_tst.layouts import LAYOUTS, PREFIX, Layout, layout_of
from metst.systems.me_tst.network import METST
from metst.systems.me_tst.weights import read_plain, require_finite
from metst.systems.me_tst_plus.network import SlowFast

KIND = "an authors' checkpoint"


def load_network(path: Path | str, backend: str = "auto") -> METST | SlowFast:
    """Build the network of an authors' checkpoint (`subject_<name>.pkl`), in eval mode.

    Read are ME-TST, as released in 2024 and as its names are today, ME-TST+ and BoostingVRME.
    ME-TST runs one list of blocks for both tasks (`pathways="shared"`). Its second list and one
    norm per block of every network are in the file, are checked, and are not used, as in the
    release.

    Raises:
        ReleaseError: the file is missing, is no checkpoint of plain tensors, or its keys or shapes
            are not the published ones.
    """
    path = Path(path)
    stored = _read(path)
    layout = layout_of(stored)
    if layout is None:
        known = [f"{x.first}.attn.mamba.A_log ({x.name})" for x in LAYOUTS]
        first = min(stored, key=lambda name: ("Stem" in name, name), default="nothing")
        found = f"{first}, {len(stored)} names in all"
        msg = "an unknown layout, not a checkpoint of the ME-TST release or of its successors: "
        raise ReleaseError(path, f"{msg}expected one of {', '.join(known)}, found {found}")
    network = _network(path, layout, stored, backend)
    _compare(path, stored, layout.expected(network))
    own = network.state_dict()
    require_finite(path, stored, ReleaseError)
    weights = {name: stored[layout.names(name)[0]].reshape(own[name].shape) for name in own}
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


def _network(
    path: Path, layout: Layout, stored: dict[str, Tensor], backend: str
) -> METST | SlowFast:
    try:
        config = layout.config(stored)
    except (LookupError, ValueError) as error:
        msg = f"expected {layout.name}, and in it {PREFIX}Stem.0.weight, a classifier and blocks"
        raise ReleaseError(path, f"{msg}; one is missing or has another shape: {error}") from error
    try:
        return layout.network[0](**config, backend=backend)
    except (ConfigError, ValueError, RuntimeError, ArithmeticError) as error:
        sizes = ", ".join(f"{name} {config[name]}" for name in config if name != "pathways")
        msg = f"expected {KIND}; no network can have the sizes of its tensors: {sizes}"
        raise ReleaseError(path, msg) from error


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
