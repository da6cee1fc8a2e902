"""Files: written so that a reader, or a power cut, never meets half of one; read with clear errors.

Names and places that users choose are checked here before anything is made of them.
"""

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from metst.base.errors import ConfigError, DataError, MetstError

NAME_BYTES = 255
"""Longest name of a file or folder, in bytes of UTF-8 (ext4, xfs, NFS)."""


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
        # A full disk shows when data are forced out, where the system does not name the file.
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


def read_yaml(path: Path, kind: str) -> Any:  # noqa: ANN401 - whatever YAML can hold
    """Contents of a YAML file.

    Args:
        path: the file.
        kind: what it is, for the messages.

    Raises:
        ConfigError: it is missing, with the files that are there; it is no UTF-8 or no YAML; or a
            key is given twice, of which YAML itself would take the last. Names file and line.
        DataError: it is a folder.
    """
    text = read_text(path, kind)
    try:
        refuse_repeated_keys(path, text)
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        where = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        msg = f"{path}: expected YAML: {where}{error.problem}"
        raise ConfigError(msg) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date of month 13
        msg = f"{path}: expected YAML in UTF-8: {' '.join(str(error).split())}"
        raise ConfigError(msg) from error


def read_text(path: Path, kind: str) -> str:
    """Text of a file that a user has written, in UTF-8 with or without a byte order mark.

    Raises:
        ConfigError: it is missing or no UTF-8.
        DataError: it is a folder.
    """
    try:
        data = path.read_bytes()
        return data.decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError) as error:
        there = ", ".join(sorted(p.stem for p in path.parent.glob("*.yaml"))) or "none"
        msg = f"no {kind} {path}; there are {there}"
        raise ConfigError(msg) from error
    except IsADirectoryError as error:
        raise DataError(path, f"expected a file ({kind}), found a folder") from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        msg = f"{path}: expected text in UTF-8, found other bytes in line {line}; save it as UTF-8"
        raise ConfigError(msg) from error


def refuse_repeated_keys(place: object, text: str) -> None:
    """Refuse YAML that gives a key twice, of which YAML itself would take the last.

    Args:
        place: where the text comes from, for the message.
        text: YAML.

    Raises:
        ConfigError: a key is given twice, at whatever depth; names it with both lines.
        YAMLError: it is no YAML.
    """
    waiting, seen = [yaml.compose(text, Loader=yaml.SafeLoader)], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:  # aliases lead to the same node many times
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            _refuse_twice(place, [key for key, _ in node.value])
            waiting += [value for _, value in node.value]


def _refuse_twice(place: object, keys: Sequence[yaml.Node]) -> None:
    there: dict[tuple[str, str], int] = {}
    for key in keys:
        if not isinstance(key, yaml.ScalarNode):
            continue
        name, line = (key.tag, key.value), key.start_mark.line + 1
        if name in there:
            msg = f"{place}: {key.value!r} is given twice, in line {there[name]} and in line {line}"
            raise ConfigError(msg)
        there[name] = line


def folder_name(name: str, setting: str) -> str:
    """A name that a user chose for a folder.

    Args:
        name: what was given.
        setting: where it was given, for the message.

    Raises:
        ConfigError: it is not the name of one folder, or only after a shell or system changed it.
    """
    reasons = {
        "is empty": not name.strip(),
        "begins or ends with a space": name != name.strip(),
        "means another folder": name in (".", ".."),
        "holds a slash": bool({"/", "\\"} & set(name)),
        "holds a line break or another character that cannot be seen": not name.isprintable(),
        "begins with a dash, like an option": name.startswith("-"),
        "begins with a dot, like a hidden file": name.startswith("."),
        f"is longer than {NAME_BYTES} bytes": len(os.fsencode(name)) > NAME_BYTES,
    }
    for reason, wrong in reasons.items():
        if wrong:
            shown = name if len(name) <= 60 else f"{name[:60]}..."
            msg = f"{setting}: expected the name of a folder, got {shown!r}, which {reason}"
            raise ConfigError(msg)
    return name


def check_place(path: Path, setting: str, *, folder: bool = False) -> None:
    """Make sure that a file or folder can be written, before the work that it is for.

    Args:
        path: of the file, or with `folder` of the folder that files go to; may exist.
        setting: where it was given, for the message.
        folder: whether it is a folder.

    Raises:
        DataError: something else is there, a part of the path is a file, or it may not be written.
    """
    wanted = "a folder" if folder else "a file"
    try:
        parts = [path, *path.absolute().parents]
        nearest = next(part for part in parts if part.exists() or part.is_symlink())
    except OSError as error:
        raise DataError(path, f"{setting}: expected {wanted}: {error.strerror}") from error
    except ValueError as error:  # a NUL character
        msg = f"{setting}: expected the path of {wanted}, got {str(path)!r}"
        raise ConfigError(msg) from error
    kinds = {"a folder": nearest.is_dir(), "a file": nearest.is_file(), "something else": True}
    found = next(kind for kind, there in kinds.items() if there)
    expected = wanted if nearest == path else "a folder"
    if found != expected:
        raise DataError(nearest, f"{setting}: expected {expected} here, found {found}")
    writable = nearest if nearest.is_dir() else nearest.parent  # a file is replaced, not changed
    if not os.access(writable, os.W_OK | os.X_OK):
        raise DataError(path, f"{setting}: {writable} may not be written")


def read_json(path: Path) -> Any:  # noqa: ANN401 - whatever JSON can hold
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
