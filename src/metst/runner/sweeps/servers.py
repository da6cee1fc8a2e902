"""A sweep on wandb's servers."""

import logging
import os
import subprocess
import sys
from pathlib import Path

from metst.base.errors import ConfigError, MetstError
from metst.runner.environment import version
from metst.runner.sweeps.file import SweepFile

_log = logging.getLogger(__name__)


def run_agent(sweep: SweepFile, files: Path, most: int | None) -> int:
    """Make the sweep there, and work on it; returns the agent's exit code.

    Args:
        sweep: the file.
        files: folder for what wandb leaves.
        most: trials of this agent; None for as many as the server asks for.

    Raises:
        ConfigError: wandb is not installed.
        MetstError: the server refused the sweep, or wandb is not logged in.
    """
    if not version("wandb"):
        msg = "wandb is not installed: pip install 'metst[wandb]'; or do without servers: --local"
        raise ConfigError(msg)
    import wandb

    try:
        name = wandb.sweep(dict(sweep.content))
    except wandb.Error as error:
        reason = " ".join(str(error).split())
        msg = f"wandb made no sweep of {sweep.path}: {reason} (wandb login; or --local)"
        raise MetstError(msg) from error
    files.mkdir(parents=True, exist_ok=True)
    # The `python` of the agent's commands is the one that runs this.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, "WANDB_DIR": str(files.resolve())}
    where = {"project": sweep.content.get("project"), "entity": sweep.content.get("entity")}
    words = [f"--{key}={value}" for key, value in {**where, "count": most}.items() if value]
    _log.info("wandb agent %s: any number of these may run, here and elsewhere", name)
    command = [sys.executable, "-m", "wandb", "agent", *words, name]
    return subprocess.run(command, env=environment, check=False).returncode
