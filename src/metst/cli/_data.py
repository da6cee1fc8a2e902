"""The `data` part of an experiment, read without the classes that it names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from metst.base.errors import ConfigError, DataError
from metst.base.files import read_yaml

READ = (
    *("root", "cache", "samples", "suppress", "without", "features", "emotions"),
    *("demo", "heads", "folder"),
)
"""Arguments of a data module that name its data."""


@dataclass
class Words:
    """Words of a command line, sorted.

    Attributes:
        files: experiments, each given with `--config`.
        overrides: values by dotted key, given with `--data.KEY`.
        others: all other words.
    """

    files: list[Path] = field(default_factory=list)
    overrides: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


def sort_words(arguments: Sequence[str]) -> Words:
    """Separate an experiment and its overrides from other words."""
    sorted_words, words = Words(), iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if name != "--config" and not name.startswith("--data."):
            sorted_words.others.append(word)
            continue
        value = value if equals else next(words, "")
        if name == "--config":
            sorted_words.files.append(Path(value))
        else:
            sorted_words.overrides[name.removeprefix("--data.").removeprefix("init_args.")] = value
    return sorted_words


def data_settings(words: Words) -> dict[str, Any]:
    """`class_path` and `init_args` of the experiments' data, later files and overrides last.

    Raises:
        ConfigError: a file is missing or names no data module, or an override is none of `READ`.
    """
    settings: dict[str, Any] = {}
    for path in words.files:
        settings = _merged(settings, _data_of(path))
    if not isinstance(settings.get("class_path"), str):
        msg = f"{words.files[-1]}: expected `class_path` and `init_args` of a data module in `data`"
        raise ConfigError(msg)
    for key, text in words.overrides.items():
        first, *rest = key.split(".")
        if first not in READ:
            msg = f"unknown key 'data.{key}'; a check reads {', '.join(f'data.{k}' for k in READ)}"
            raise ConfigError(msg)
        settings = _with(settings, [first, *rest], _parsed(key, text))
    return settings


def data_of_file(path: Path) -> dict[str, Any]:
    """Arguments of the data module in an experiment's file.

    Raises:
        ConfigError: there are none.
    """
    arguments = _data_of(path).get("init_args")
    if not isinstance(arguments, dict):
        msg = f"{path}: expected the experiment's data with root, cache and samples, found none"
        raise ConfigError(msg)
    return arguments


def _data_of(path: Path) -> dict[str, Any]:
    try:
        experiment = read_yaml(path, "experiment")
    except DataError as error:
        raise ConfigError(str(error)) from error
    data = experiment.get("data", {}) if isinstance(experiment, dict) else None
    if not isinstance(data, dict):
        msg = f"{path}: expected settings with the group `data`, such as experiments/demo.yaml"
        raise ConfigError(msg)
    return data


def _parsed(key: str, text: str) -> Any:  # noqa: ANN401 - whatever YAML can hold
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        msg = f"data.{key}: expected a value as in YAML, got {text!r}"
        raise ConfigError(msg) from error


def _with(settings: object, keys: Sequence[str], value: object) -> dict[str, Any]:
    """Settings with one value changed; `init_args` of a class may be left out of its keys."""
    first, *rest = keys
    if not isinstance(settings, dict):
        msg = f"expected a value of data settings, got one for {'.'.join(keys)} inside {settings!r}"
        raise ConfigError(msg)
    if "class_path" in settings and first not in ("class_path", "init_args"):
        first, *rest = "init_args", *keys
    return {**settings, first: _with(settings.get(first) or {}, rest, value) if rest else value}


def _merged(settings: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """Nested settings with later ones on top."""
    return {**settings, **dict(_on_top(settings, later))}


def _on_top(settings: Mapping[str, Any], later: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in later.items():
        known = settings.get(name)
        if isinstance(known, dict) and isinstance(value, dict) and _same_class(known, value):
            yield name, _merged(known, value)
        else:
            yield name, value


def _same_class(known: Mapping[str, Any], later: Mapping[str, Any]) -> bool:
    """Whether arguments of the one are arguments of the other."""
    return bool(later.get("class_path", known.get("class_path")) == known.get("class_path"))
