"""A wandb run that goes on where it was left.

Where nothing goes to a server, the files of the run are written anew and whole each time, and those
of earlier attempts are removed: what lies below `<place>/wandb` is always one run, logged once.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from metst.base.errors import ConfigError
from metst.runner.environment import version
from metst.runner.options import WandbOptions

if TYPE_CHECKING:
    import wandb

Mode = Literal["off", "offline", "online"]

INIT_SECONDS = 30
"""How long a server may take to answer before the run goes on without it."""

FINISH_SECONDS = 120
"""How long the end of a run waits for what is still being sent."""

_LESS: dict[str, Mode] = {"disabled": "off", "offline": "offline", "dryrun": "offline"}
"""Values of WANDB_MODE that ask for less than online."""


def wanted(options: WandbOptions) -> Mode:
    """The mode, as far as the environment allows it.

    Raises:
        ConfigError: wandb is asked for and not installed.
    """
    order: list[Mode] = ["off", "offline", "online"]
    allowed = _LESS.get(os.environ.get("WANDB_MODE", "").lower(), "online")
    mode = min(options.mode, allowed, key=order.index)
    if mode != "off" and not version("wandb"):
        advice = "pip install 'metst[wandb]', or leave --wandb.mode off"
        msg = f"--wandb.mode {mode} needs the package wandb, which is not installed: {advice}"
        raise ConfigError(msg)
    return mode


def named_by_agent() -> str | None:
    """Id of the run that a wandb agent wants this process to be."""
    return os.environ.get("WANDB_RUN_ID") if os.environ.get("WANDB_SWEEP_ID") else None


@dataclass(frozen=True)
class Place:
    """Where and as what runs are logged.

    Attributes:
        folder: holds `wandb/`.
        mode: `offline` or `online`.
    """

    folder: Path
    mode: Mode
    options: WandbOptions

    def open(self, run_id: str, name: str, config: Mapping[str, Any]) -> "wandb.Run":
        """Begin a wandb run, or go on with it.

        Args:
            run_id: of the run.
            name: of the run, for people.
            config: settings by their dotted names.
        """
        # Set before the import; a home folder that cannot be written is no obstacle then.
        for variable in ("WANDB_DATA_DIR", "WANDB_CACHE_DIR"):
            os.environ.setdefault(variable, str((self.folder / "wandb").resolve()))
        os.environ.setdefault("WANDB_ERROR_REPORTING", "false")  # no telemetry
        os.environ.setdefault("WANDB_INIT_TIMEOUT", str(INIT_SECONDS))
        import wandb

        if self.mode == "offline":  # what earlier attempts wrote for `wandb sync` is logged again
            for path in (self.folder / "wandb").glob(f"offline-run-*-{run_id}"):
                shutil.rmtree(path)
        settings = wandb.Settings(
            console="off", silent=True, disable_code=True, finish_timeout=FINISH_SECONDS
        )
        return wandb.init(
            mode="online" if self.mode == "online" else "offline",
            id=run_id,
            resume="allow" if self.mode == "online" else None,
            name=name,
            dir=self.folder,
            config=dict(config),
            project=self.options.project,
            entity=self.options.entity,
            tags=self.options.tags,
            job_type="loso",
            reinit="create_new",
            settings=settings,
        )
