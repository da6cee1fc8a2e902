"""A sweep on wandb's servers: the programs `wandb sweep` and `wandb agent` of this environment."""

import importlib.util
import logging
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from metst.base.errors import ConfigError, MetstError
from metst.runner.sweeps.file import SweepFile

_log = logging.getLogger(__name__)

_LOCAL = "without wandb's servers: --local"
_AGENT = re.compile(r"wandb agent (\S+)")


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
    if importlib.util.find_spec("wandb") is None:
        msg = f"wandb is not installed: pip install 'metst[wandb]'; or {_LOCAL}"
        raise ConfigError(msg)
    files.mkdir(parents=True, exist_ok=True)
    made = _wandb(["sweep", str(sweep.path)], files, capture=True)
    told = made.stdout + made.stderr
    named = _AGENT.search(re.sub(r"\x1b\[[0-9;]*m", "", told))
    if made.returncode or named is None:
        with suppress(OSError):  # it holds something of other sweeps
            files.rmdir()
        msg = f"wandb made no sweep of {sweep.path}: {_last_line(told)} (wandb login; or {_LOCAL})"
        raise MetstError(msg)
    _log.info("wandb agent %s: any number of these may run, here and elsewhere", named[1])
    counted = ["--count", str(most)] if most else []
    return _wandb(["agent", *counted, named[1]], files, capture=False).returncode


def _wandb(
    words: Sequence[str], files: Path, *, capture: bool
) -> "subprocess.CompletedProcess[str]":
    """Run wandb; the `python` of its commands is the one that runs this."""
    here = Path(sys.executable).parent
    path = f"{here}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, "WANDB_DIR": str(files.resolve())}
    command = [sys.executable, "-m", "wandb", *words]
    return subprocess.run(command, env=environment, text=True, capture_output=capture, check=False)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
