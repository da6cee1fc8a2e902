"""The size of the network that an experiment names, for `metst doctor`."""

from collections.abc import Mapping
from pathlib import Path

import torch
from rich.table import Table
from torch import nn

from metst.base.errors import ConfigError
from metst.base.files import read_yaml
from metst.base.terminal import grid
from metst.features.roi_flow.rois import ROI_SETS, roi_set
from metst.features.settings import made
from metst.systems.checks import FAULTS
from metst.systems.me_tst.complexity import complexity
from metst.systems.me_tst.network import METST
from metst.systems.size import operations

FRAMES = 50
"""Frames of the window that is counted."""


def size_table(config: Path) -> Table:
    """Size of an experiment's network over flow; of ME-TST also what the paper counted.

    Raises:
        ConfigError: it is no YAML, or names no network over flow that can be built.
    """
    network, channels = _network(config)
    table = grid(f"Network of {config}, {FRAMES} frames")
    if isinstance(network, METST):
        return _of_me_tst(table, network)
    for column in ("", "counted"):
        table.add_column(column, justify="right" if column else "left")
    table.add_row("parameters used", f"{sum(p.numel() for p in network.parameters()):,}")
    flow = torch.zeros(1, channels, FRAMES)
    try:
        macs = operations(network, flow, FRAMES)
    except FAULTS as error:
        wanted = f"expected a network that reads flow {tuple(flow.shape)}"
        msg = f"{config}: model.network: {wanted}, it failed: {error}"
        raise ConfigError(msg) from error
    table.add_row("MACs per frame, without norms", f"{macs:,}")
    return table


def _of_me_tst(table: Table, network: METST) -> Table:
    """By kind, and the figure that a hook-based counter gives."""
    counted = complexity(network.config, FRAMES)
    for column in ("", "counted", "by a counter that hooks torch's layers"):
        table.add_column(column, justify="right" if column else "left")
    table.add_row("parameters used", f"{counted.parameters:,}", f"{counted.hook_parameters:,}")
    table.add_row("parameters stored", f"{counted.stored:,}", "")
    for kind, macs in counted.macs.items():
        table.add_row(f"MACs, {kind}", f"{macs:,}", "")
    table.add_row("MACs", f"{sum(counted.macs.values()):,}", f"{counted.hook_macs:,}")
    return table


def _network(config: Path) -> tuple[nn.Module, int]:
    """The network that an experiment names, and its channels of flow."""
    experiment = read_yaml(config, "experiment")
    settings = _at(experiment, "model", "init_args", "network")
    if not isinstance(settings, Mapping):
        settings = {"class_path": settings}
    path = settings.get("class_path")
    if not isinstance(path, str):
        msg = f"{config}: model.network: expected the class of a network over flow, got no network"
        raise ConfigError(msg)
    rois = _at(experiment, "data", "init_args", "samples", "init_args", "rois")
    try:
        network = made(settings)
        channels = roi_set(str(rois or next(iter(ROI_SETS)))).channels
    except ConfigError as error:
        msg = f"{config}: {error}"
        raise ConfigError(msg) from error
    except (TypeError, ValueError) as error:  # an argument that it does not have, or take
        msg = f"{config}: model.network: expected the arguments of {path}, got others ({error})"
        raise ConfigError(msg) from error
    if not isinstance(network, nn.Module):
        msg = f"{config}: model.network: expected a torch.nn.Module, got {path}"
        raise ConfigError(msg)
    return network, channels


def _at(tree: object, *keys: str) -> object:
    """What stands at the end of nested keys; None where a key is missing."""
    for key in keys:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree
