"""Files: written so that a reader, or a power cut, never meets half of one; read in words."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import yaml

from metst.errors import ConfigError, MetstError


def write_atomic(path: Path, data: bytes) -> None:
    """Replace `path` by `data`, or leave it as it was.

    The bytes go to a temporary file in the same folder (another file system could not be renamed
    from), reach the disk, and then take the name in one step. Missing folders are made.

    Raises:
        OSError: the disk is full or the folder cannot be written; names `path`. The old file is
            untouched and the temporary one removed.
    """
    try:
        _replace(path, data)
    except OSError as error:
        # A full disk shows when data are forced out, where the system no longer tells the file.
        raise OSError(error.errno, error.strerror, str(path)) from error


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    """Mode bits that new files of this process lack (mkstemp always makes private files)."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def read_yaml(path: Path, kind: str) -> Any:  # noqa: ANN401 - whatever YAML can say
    """Contents of a YAML file.

    Args:
        path: the file.
        kind: what it is, for the messages.

    Raises:
        ConfigError: it is missing, with the files that are there, or no YAML.
    """
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        there = ", ".join(sorted(p.stem for p in path.parent.glob("*.yaml"))) or "none"
        msg = f"no {kind} {path}; there are {there}"
        raise ConfigError(msg) from error
    except yaml.YAMLError as error:
        msg = f"{path}: expected YAML: {error}"
        raise ConfigError(msg) from error


def read_json(path: Path) -> Any:  # noqa: ANN401 - whatever JSON can say
    """Contents of a JSON file of a run.

    Raises:
        FileNotFoundError: it is not there.
        MetstError: it is damaged.
    """
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        msg = f"{path} is damaged ({error}); delete it and give the same command again"
        raise MetstError(msg) from error
