"""Weights from files: plain tensors, whole and finite, or a message of ours."""

import pickle
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from metst.base.errors import ConfigError, DataError
from metst.systems.me_tst.ensemble import Ensemble
from metst.systems.me_tst.network import METST
from metst.systems.me_tst_plus.network import SlowFast

Network = METST | SlowFast | Ensemble

NETWORKS: dict[str, type[Network]] = {
    f"{x.__module__}.{x.__name__}": x for x in (METST, SlowFast, Ensemble)
}
"""Networks that an exported file may name, by class path."""

_NUMBERS = (torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int64)
"""Types of weights, and of the counters of batch norms."""

_UNREADABLE = (pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError, TypeError)
_ODD = (KeyError, IndexError, AttributeError, AssertionError, ImportError, OverflowError)
"""What torch and pickle raise of damaged files, beside errors of their own."""


def read_plain(path: Path, kind: str, error: type[DataError] = DataError) -> Any:  # noqa: ANN401
    """Contents of a file of `torch.save`; nothing in it is executed.

    Args:
        path: the file.
        kind: what it should be, for the messages.
        error: what is raised.

    Raises:
        DataError: it is missing, damaged, no such file, or holds objects that would be code. A file
            in torch's present format, a zip archive, carries a CRC-32 of every tensor.
    """
    if not path.is_file():
        found = "a folder" if path.is_dir() else "nothing"
        raise error(path, f"expected {kind}, found {found}")
    with path.open("rb") as file:
        begins = file.read(4)
    archive = begins.startswith(b"PK")
    if archive and not _whole(path):
        raise error(path, f"expected {kind}; it is damaged or cut off: copy it again")
    if not archive and not begins.startswith(b"\x80"):  # neither zip archive nor pickle
        found = "a file that torch did not write" if begins else "an empty file"
        raise error(path, f"expected {kind}, found {found}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # advice of torch about pickles that it then refuses
            return torch.load(path, map_location="cpu", weights_only=True)
    except (*_UNREADABLE, *_ODD) as reason:
        msg = f"expected {kind}; it is damaged, or holds other objects than tensors and numbers"
        raise error(path, f"{msg}, which are never loaded") from reason


def fold_weights(path: Path) -> dict[str, Tensor]:
    """The state dict in a fold's checkpoint.

    Raises:
        DataError: it is none, or damaged.
    """
    stored = read_plain(path, "the checkpoint of a finished fold")
    weights = stored.get("state_dict") if isinstance(stored, dict) else None
    if not isinstance(weights, dict):
        raise DataError(path, "expected the checkpoint of a finished fold, found other tensors")
    return weights


def _whole(path: Path) -> bool:
    """Whether every part of a zip archive has the CRC-32 that is noted in it."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError):
        return False


def require_finite(
    path: Path, weights: Mapping[str, Tensor], error: type[DataError] = DataError
) -> None:
    """Raise `DataError` where a weight is NaN or infinite, or no real number."""
    for name, values in weights.items():
        if values.dtype not in _NUMBERS or values.layout != torch.strided or values.is_meta:
            raise error(path, f"its {name} are no plain real numbers ({values.dtype})")
        bad = int((~values.isfinite()).sum())
        if bad:
            msg = f"{bad} of {values.numel()} numbers of its {name} are NaN or infinite"
            raise error(path, f"{msg}: its training diverged, or it is damaged")


def build_network(
    path: Path,
    config: Mapping[str, Any],
    weights: Mapping[str, Tensor],
    kind: type[nn.Module] = METST,
) -> nn.Module:
    """A network with its weights, in eval mode.

    Args:
        path: where both come from, for the messages.
        config: arguments of the network.
        weights: its state dict.
        kind: the network, one of `NETWORKS` or one's own.

    Raises:
        DataError: the weights do not fit the configuration, or are not finite.
    """
    require_finite(path, weights)
    try:
        released = kind in NETWORKS.values()
        network = kind(**{**config, "backend": "auto"} if released else config)
    except (TypeError, ValueError, ArithmeticError, RuntimeError, ConfigError) as error:
        reason = f" ({error})" if isinstance(error, ConfigError) else ""
        msg = f"no network can be built with the settings noted for it{reason}"
        raise DataError(path, msg) from error
    own = network.state_dict()
    for name in sorted(own.keys() | weights.keys()):
        difference = _difference(own.get(name), weights.get(name))
        if difference:
            msg = f"its weights do not fit its own configuration: {name} {difference}"
            raise DataError(path, msg)
    network.load_state_dict(dict(weights))
    return network.eval()


def _difference(expected: Tensor | None, found: Tensor | None) -> str | None:
    """Why an entry does not fit; None where it does."""
    if found is None:
        return "is missing"
    if expected is None:
        return "is unknown"
    if expected.shape != found.shape:
        return f"should have the shape {tuple(expected.shape)}, got {tuple(found.shape)}"
    return None
