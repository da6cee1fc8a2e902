"""The arguments of a fold's trainer: completed, and refused where no fold could come of them."""

import logging
from collections.abc import Mapping
from typing import Any

from lightning.fabric.plugins.environments.lightning import LightningEnvironment
from lightning.pytorch import Trainer

from metst.base.errors import ConfigError
from metst.base.settings import require
from metst.runner.fold_log import LIGHTNING

_SETTINGS: dict[str, Any] = {
    "deterministic": True,
    "enable_progress_bar": False,  # the runner shows one bar for all folds
    "enable_model_summary": False,
    "log_every_n_steps": 1,
    "num_sanity_val_steps": 0,
}

_OF_MACHINES = ("accelerator", "strategy", "precision", "profiler", "max_time")
"""Arguments that Lightning refuses on some machines, or whose values only it knows."""

_ONE_DEVICE = "1: a fold trains on one device, which CUDA_VISIBLE_DEVICES can choose"

_GLOBAL = ("deterministic", "benchmark")
"""Arguments that change the whole process as soon as a trainer is made with them."""


def trainer_arguments(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """What a fold's trainer is made with, from what the experiment chooses."""
    arguments = _SETTINGS | {key: value for key, value in chosen.items() if value is not None}
    if arguments.get("devices") == "auto":  # else a fold would spread over all GPUs
        arguments["devices"] = 1
    return arguments


def check_trainer(chosen: Mapping[str, Any]) -> None:
    """Refuse what ends no fold, or none that can be judged, on whatever machine it runs.

    Raises:
        ConfigError: names the argument.
    """
    given = trainer_arguments(chosen)
    epochs, steps = given.get("max_epochs"), given.get("max_steps", -1)
    # Without epochs, Lightning takes a limit of time alone for an endless training.
    ends = epochs is None and (steps != -1 or given.get("max_time") is None)
    number = "1 or more, so that a fold ends and its learning rate can follow a schedule"
    require("trainer.max_epochs", epochs, ends or (epochs or 0) >= 1, number)
    require("trainer.max_steps", steps, steps == -1 or steps >= 1, "1 or more, or -1 for no limit")
    devices = given.get("devices", 1)
    require("trainer.devices", devices, _one_device(devices), _ONE_DEVICE)
    nodes = given.get("num_nodes", 1)
    require("trainer.num_nodes", nodes, nodes == 1, "1: a fold trains on one device")
    for name, wanted in (
        ("limit_test_batches", "1.0: a fold is tested on every window"),
        ("fast_dev_run", "false: see experiments/debug/two_epochs.yaml for a quick look"),
    ):
        value = given.get(name)
        whole = value in (None, False) or (isinstance(value, float) and value == 1)
        require(f"trainer.{name}", value, whole, wanted)
    share = given.get("limit_train_batches")
    require("trainer.limit_train_batches", share, share is None or share > 0, "more than 0")


def _one_device(devices: object) -> bool:
    """Whether it is the number 1, or the list of the first, which Lightning writes `0,`, too.

    A fold's process sees one GPU alone: the first.
    """
    return str(devices) in ("1", "0,", "[0]")


def try_trainer(chosen: Mapping[str, Any]) -> None:
    """Make a trainer as the folds of this machine will, and throw it away.

    Raises:
        ConfigError: Lightning refuses, for instance a GPU that is not there; in its words.
    """
    arguments = {k: v for k, v in trainer_arguments(chosen).items() if k not in _GLOBAL}
    loggers = {name: logging.getLogger(name).level for name in LIGHTNING}
    try:
        for name in loggers:
            logging.getLogger(name).setLevel(logging.ERROR)
        Trainer(**arguments, logger=False, plugins=[LightningEnvironment()])
    except Exception as error:  # of many kinds, since every plugin checks its own
        asked = ", ".join(f"{n} {chosen[n]}" for n in _OF_MACHINES if chosen.get(n) is not None)
        msg = f"trainer: expected what works here, got {asked}: {' '.join(str(error).split())}"
        raise ConfigError(msg) from error
    finally:
        for name, level in loggers.items():
            logging.getLogger(name).setLevel(level)
