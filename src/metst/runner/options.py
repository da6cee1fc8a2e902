"""How an experiment is run: where its folder is, on what machines, what is logged.

Nothing here imports torch, so that `metst loso --status` answers at once.
"""

from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from jsonargparse import ArgumentParser, Namespace

from metst.base.errors import ConfigError
from metst.base.executors import ExecutorOptions
from metst.base.files import folder_name
from metst.base.settings import require
from metst.runner.arguments import SettingsFile

MOST_THREADS = 1024
"""More than any machine has cores; thread pools fail above some thousands."""


@dataclass
class LosoOptions:
    """How the folds are run.

    Attributes:
        runs: folder of run folders.
        threads: CPU threads of one fold; results of different thread counts differ in rounding.
        tensorboard: also log training for TensorBoard, into `folds/<subject>/tensorboard`.

    Raises:
        ConfigError: no number of threads, or TensorBoard is not installed.
    """

    runs: Path = Path("runs")
    threads: int = 1
    tensorboard: bool = False

    def __post_init__(self) -> None:
        kept = 1 <= self.threads <= MOST_THREADS
        require("loso.threads", self.threads, kept, f"1 to {MOST_THREADS}")
        if self.tensorboard and find_spec("tensorboard") is None:
            advice = "pip install 'metst[tensorboard]', or leave --loso.tensorboard false"
            msg = f"--loso.tensorboard needs a package that is not installed: {advice}"
            raise ConfigError(msg)


@dataclass
class WandbOptions:
    """What is logged to wandb (https://wandb.ai); changes no number.

    Attributes:
        mode: off: nothing; offline: into the run folder, for `wandb sync`; online: to the server.
            The environment's WANDB_MODE, where it asks for less, wins.
        project: name of the wandb project.
        entity: user or team; the user's default where it is not given.
        tags: of the wandb run.
    """

    mode: Literal["off", "offline", "online"] = "off"
    project: str = "metst"
    entity: str | None = None
    tags: list[str] = field(default_factory=list)


def settings_parser(prog: str) -> ArgumentParser:
    """Parser of an experiment that has a name and a seed only."""
    parser = ArgumentParser(prog=prog, exit_on_error=False, allow_abbrev=False)
    parser.add_argument("--config", action=SettingsFile, help="an experiment, experiments/*.yaml")
    parser.add_argument("--name", type=str, required=True, help="name of the run folder")
    parser.add_argument("--seed", type=int, default=100, help="seed of everything random")
    return parser


def add_options(parser: ArgumentParser) -> None:
    """The groups of settings about how an experiment is run, not about what it is."""
    parser.add_class_arguments(LosoOptions, "loso")
    parser.add_class_arguments(ExecutorOptions, "executor")
    parser.add_class_arguments(WandbOptions, "wandb")


def folder_parser(prog: str) -> ArgumentParser:
    """Parser of an experiment whose classes stay names: reading them would import torch."""
    parser = settings_parser(prog)
    anything: Any = dict | str  # values of declared types would be looked up as class names
    for name in ("data", "model", "trainer", "evaluation"):
        parser.add_argument(f"--{name}", type=anything)
    parser.add_argument("--callbacks", type=list[anything])
    add_options(parser)
    return parser


def run_folder(config: Namespace) -> Path:
    """Path of the run folder that a configuration names.

    Raises:
        ConfigError: its name is not that of one folder.
    """
    runs: Path = config.loso.runs
    return runs / folder_name(config.name, "name")
