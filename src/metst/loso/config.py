"""The configuration of an experiment: read from YAML and options and built once a fold."""

import difflib
import re
from argparse import ArgumentError
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonargparse import ArgumentParser, Namespace
from lightning.pytorch import Callback, LightningDataModule, LightningModule, Trainer

from metst.errors import ConfigError

RUNNER_OWNS = {"callbacks", "logger", "plugins", "default_root_dir", "enable_checkpointing"}
"""Trainer arguments that the runner sets itself, one of each per fold."""

NOT_COMPARED = ("loso.workers", "loso.runs")
"""Settings that change no number, so that a run may be continued under other values."""


@dataclass
class LosoOptions:
    """How the folds are run.

    Attributes:
        runs: folder of run folders.
        workers: processes for folds and extraction; 0 takes as many as there are cores, or one
            for the folds where a GPU is used.
        threads: CPU threads of one fold; results of different thread counts differ in rounding.
    """

    runs: Path = Path("runs")
    workers: int = 0
    threads: int = 1


def experiment_parser(prog: str) -> ArgumentParser:
    """Parser of an experiment's YAML with dotted overrides (`--model.lr 3e-4`)."""
    parser = ArgumentParser(prog=prog, exit_on_error=False, allow_abbrev=False)
    parser.add_argument("--config", action="config", help="an experiment, experiments/*.yaml")
    parser.add_argument("--name", type=str, required=True, help="name of the run folder")
    parser.add_argument("--seed", type=int, default=100, help="seed of everything random")
    parser.add_subclass_arguments(LightningDataModule, "data", required=True)
    parser.add_subclass_arguments(LightningModule, "model", required=True)
    parser.add_class_arguments(Trainer, "trainer", skip=RUNNER_OWNS, instantiate=False)
    parser.add_argument("--callbacks", type=list[Callback], default=[])
    parser.add_class_arguments(LosoOptions, "loso")
    return parser


@dataclass
class Experiment:
    """The parts of one fold, built from a configuration; never shared between folds."""

    name: str
    seed: int
    data: LightningDataModule
    model: LightningModule
    trainer: dict[str, Any]
    callbacks: list[Callback]
    loso: LosoOptions


def parse(parser: ArgumentParser, arguments: Sequence[str]) -> Namespace:
    """Read options and YAML.

    Raises:
        ConfigError: unknown key, wrong type or missing file, with the nearest known key.
    """
    try:
        return parser.parse_args(list(arguments))
    except ArgumentError as error:
        raise ConfigError(_in_words(error, parser, arguments)) from error


def build(parser: ArgumentParser, config: Namespace) -> Experiment:
    """Fresh objects of an experiment."""
    made = parser.instantiate(config)
    return Experiment(
        made.name,
        made.seed,
        made.data,
        made.model,
        made.trainer.as_dict(),
        made.callbacks,
        made.loso,
    )


def to_yaml(parser: ArgumentParser, config: Namespace) -> str:
    """The whole configuration, defaults included; parsing it again gives the same."""
    text: str = parser.dump(config, skip_link_targets=False)
    return text


def difference(old: str, new: str) -> str:
    """Changed settings as lines `key: old -> new`; empty when no number can differ."""
    before, after = dict(_flat(yaml.safe_load(old))), dict(_flat(yaml.safe_load(new)))
    keys = [k for k in {**before, **after} if k not in NOT_COMPARED]
    changed = [k for k in keys if before.get(k, "absent") != after.get(k, "absent")]
    return "\n".join(
        f"  {k}: {before.get(k, 'absent')} -> {after.get(k, 'absent')}" for k in changed
    )


def _flat(tree: object, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves of a configuration with the dotted names used on the command line."""
    items: list[tuple[Any, Any]]
    if isinstance(tree, dict):
        items = list(tree.items())
    elif isinstance(tree, list) and any(isinstance(x, dict) for x in tree):
        items = list(enumerate(tree))
    else:
        yield prefix, tree
        return
    for key, value in items:
        inside = prefix if key == "init_args" else f"{prefix}.{key}" if prefix else str(key)
        yield from _flat(value, inside)


def _in_words(error: ArgumentError, parser: ArgumentParser, arguments: Sequence[str]) -> str:
    """One line for an error whose default text is a page: the key, the problem, the mend."""
    text = str(error)
    part = re.search(r'Parser key "(\w+)"', text)
    option = re.search(r"Option '([\w.]+)' is not accepted", text)
    if option:
        prefix = f"{part[1]}." if part else ""
        return _unknown(prefix + option[1], parser, arguments)
    unrecognized = re.search(r"unrecognized arguments: (\S+)", text)
    if unrecognized:
        return _unknown(unrecognized[1].lstrip("-").split("=")[0], parser, arguments)
    key = re.search(r"Key '([\w.]+)' is not expected", text) or re.search(
        r'[Kk]ey "([\w.]+)" (?:is )?not (?:expected|accepted)', text
    )
    if key:
        return _unknown(key[1], parser, arguments)
    keys = ".".join(re.findall(r'[Kk]ey "([\w.]+)"', text))
    lines = [line.strip(" -") for line in text.splitlines()]
    telling = [x for x in lines if x and not x.endswith(":") and not _NOISE.match(x)]
    said = telling[0] if telling else lines[0]
    return f"{keys}: {said.split(': ', 1)[-1] if said.startswith('Parser key') else said}"


_NOISE = re.compile(r"Does not validate|Subtypes|Given value|Expected a <class 'NoneType'>|Errors")


def _unknown(key: str, parser: ArgumentParser, arguments: Sequence[str]) -> str:
    near = difflib.get_close_matches(key, _known(parser, arguments), n=3, cutoff=0.6)
    mend = f"did you mean {' or '.join(near)}?" if near else "see --help for the keys there are"
    return f"unknown key '{key}'; {mend}"


def _known(parser: ArgumentParser, arguments: Sequence[str]) -> list[str]:
    """Keys of the experiment without its overrides, as far as it can be read."""
    names = [i for i, a in enumerate(arguments) if a == "--config"]
    config = [x for i in names for x in arguments[i : i + 2]]
    try:
        tree = yaml.safe_load(parser.dump(parser.parse_args(config)))
    except ArgumentError:
        tree = {action.dest: None for action in parser._actions}  # no public list
    return [key for key, _ in _flat(tree)]
