"""Networks as single files of plain arrays, with a digest of everything in them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from metst.base.errors import ConfigError, DataError
from metst.base.files import write_atomic
from metst.features.roi_flow import Method
from metst.features.roi_flow.rois import roi_set_of
from metst.predict.model import About, Model
from metst.predict.spotters import SpotterModel, exported_facts, of_exported
from metst.systems.me_tst.weights import NETWORKS, build_network

NETWORK = next(iter(NETWORKS))
"""What earlier files hold, which do not name it."""

FORMAT = 3
"""Version of the layout of an exported file; 2 had neither emotions nor regions: ME-TST's own."""

KIND = "a checkpoint written by `metst export`"


def export_model(model: Model | SpotterModel, path: Path, name: str) -> None:
    """Write a single network with its facts to one file.

    Raises:
        ConfigError: the model is an ensemble, or its network none of this package, which alone a
            file may name that may come from others.
    """
    networks = model.networks if isinstance(model, Model) else model.systems
    if len(networks) != 1:
        msg = f"export: expected one network, got {len(networks)}; choose one with --fold"
        raise ConfigError(msg)
    facts: dict[str, Any] = {**asdict(model.about), "name": name, "format": FORMAT}
    if isinstance(model, Model):
        network = model.networks[0]
        kind = f"{type(network).__module__}.{type(network).__name__}"
        if kind not in NETWORKS:
            msg = (
                f"export: expected a network of {' or '.join(NETWORKS)}, got {kind}: an exported "
                "file names no other code, as it may come from others; `metst predict` reads this "
                "network from its run folder"
            )
            raise ConfigError(msg)
        facts |= {"network": network.config, "kind": kind}
    else:
        facts |= exported_facts(model)
    weights = {key: value.contiguous() for key, value in networks[0].state_dict().items()}
    facts["digest"] = _digest(facts, weights)
    write_atomic(path, save(weights, metadata={"metst": json.dumps(facts, sort_keys=True)}))


def load_exported(path: Path) -> Model | SpotterModel:
    """The network of a file of `export_model`.

    Raises:
        DataError: it is another file, damaged, or of another version.
    """
    facts, weights = _read(path)
    version = facts.pop("format", None)
    if version not in (2, FORMAT):
        msg = f"expected format {FORMAT}, found {version}: export it again with this version"
        raise DataError(path, msg)
    digest = facts.pop("digest", None)
    if digest != _digest({**facts, "format": version}, weights):
        raise DataError(path, "is damaged (the digest of its contents is not the one noted)")
    if facts.pop("reference", "window") != "window":  # noted by earlier versions
        raise DataError(path, "its network reads flow from the previous frame, no longer measured")
    if "system" in facts:
        return of_exported(facts, weights, path)
    config = facts.pop("network", None)
    if not isinstance(config, Mapping):
        raise DataError(path, f"expected {KIND}, found another file")
    kind = NETWORKS.get(str(facts.pop("kind", NETWORK)))
    if kind is None:
        raise DataError(path, f"expected a network of {' or '.join(NETWORKS)}, found another")
    network = build_network(path, config, weights, kind)
    try:
        about = _about(facts)
        _ = about.decoder  # its rules are known
        return Model(about, (network,))
    except (TypeError, KeyError, ConfigError) as error:
        raise DataError(path, f"expected {KIND}, found other facts in it") from error


def _about(facts: Mapping[str, Any]) -> About:
    """Facts as JSON holds them."""
    about = dict(facts)
    if "emotions" in about:
        about["emotions"] = tuple(about["emotions"])
    if "rois" in about:
        about["rois"] = roi_set_of(about["rois"])
    if "method" in about:
        about["method"] = Method(**about["method"])
    return About(**about)


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Facts and weights of a file."""
    try:
        with safe_open(path, "pt") as file:
            facts = json.loads((file.metadata() or {}).get("metst", "null"))
            weights = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no dict
    except (SafetensorError, OSError, ValueError, RuntimeError) as error:
        msg = f"expected {KIND}, found another file, or one that is damaged or cut off"
        raise DataError(path, msg) from error
    if not isinstance(facts, dict):
        raise DataError(path, f"expected {KIND}, found safetensors of another kind")
    return facts, weights


def _digest(facts: Mapping[str, Any], weights: Mapping[str, Tensor]) -> str:
    """SHA-256 over the facts and all weights with their names, types and shapes."""
    whole = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for name in sorted(weights):
        values = weights[name].contiguous()
        whole.update(f"{name} {values.dtype} {tuple(values.shape)}".encode())
        whole.update(values.numpy().tobytes())
    return whole.hexdigest()
