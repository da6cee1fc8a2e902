"""Reading options and YAML; a mistake is one line, where jsonargparse's text is a page."""

import re
import sysconfig
import traceback
from argparse import ArgumentError
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from jsonargparse import (  # type: ignore[attr-defined]  # of a class that is not in __all__
    ActionConfigFile,
    ArgumentParser,
    Namespace,
    get_loader,
    set_loader,
)

from metst.base.errors import ConfigError, DataError, MetstError
from metst.base.files import read_yaml, refuse_repeated_keys
from metst.base.names import nearest
from metst.base.settings import flat

EXPERIMENT = "; give an experiment, such as --config experiments/demo.yaml"
"""What to do where the parts of an experiment are missing."""

_BESIDE_SOURCES = ("datamodules", "callbacks")
"""Packages of the folder that metst is given in, which are not installed with it."""

_TYPES = {
    "<class 'int'>": "a whole number",
    "<class 'float'>": "a number",
    "<class 'str'>": "text",
    "<class 'bool'>": "true or false",
    "<class 'list'>": "a list, such as [a, b]",
    "<class 'dict'>": "names with values, such as {a: 1}",
}
"""What jsonargparse calls Python's types, for those who write YAML."""

_CLASS = "a class, such as metst.systems.me_tst.network.METST"

_PLACES = re.compile(r"Parser key \"([\w.]+)\"")
_CLASS_PATH = re.compile(r"(?:given class_path |Got value: Namespace\(class_path=)'(.*?)'")
_GIVEN = re.compile(r"Given value: ([\w.]+)$", re.MULTILINE)

_OTHERS = (
    *("<", str(Path(__file__).parent)),
    *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")),
)
"""How files of code begin that is no experiment's: Python's, libraries', and this folder's."""

_load = get_loader("yaml")


def _load_strictly(text: str) -> object:
    """What jsonargparse's own loader gives; of files inside of files, too, no key is lost."""
    if ":" in text:
        refuse_repeated_keys("settings", text)
    return _load(text)


set_loader("yaml", _load_strictly, exceptions=(yaml.YAMLError,))


class SettingsFile(ActionConfigFile):
    """A file of settings, read strictly before jsonargparse reads it: as UTF-8, no key twice."""

    @staticmethod
    def apply_config(parser: ArgumentParser, cfg: Namespace, dest: str, value: str) -> None:
        """Check the file, then apply it; what is no file may be settings themselves."""
        path = Path(value)
        if path.exists():
            _check_settings(path)
        ActionConfigFile.apply_config(parser, cfg, dest, value)


def _check_settings(path: Path) -> None:
    try:
        settings = read_yaml(path, "experiment")
    except DataError as error:
        raise ConfigError(str(error)) from error
    if not isinstance(settings, dict):
        found = {type(None): "nothing", list: "a list"}.get(type(settings), "a single value")
        msg = f"{path}: expected settings, such as name: demo, found {found}"
        raise ConfigError(msg)


def parse(parser: ArgumentParser, arguments: Sequence[str]) -> Namespace:
    """Read options, and the YAML they name.

    Raises:
        ConfigError: unknown key, wrong type or missing file, with the nearest known key.
    """
    try:
        return parser.parse_args(list(arguments))
    except ArgumentError as error:
        raise ConfigError(_message(error, parser, arguments)) from error
    except MetstError:
        raise
    except Exception as error:  # whatever a module of the user's own does when it is imported
        raise own_fault(error) from error


def options(settings: Mapping[str, Any]) -> list[str]:
    """Settings by dotted name as words of a command line."""
    return [f"--{name}={_word(value)}" for name, value in settings.items()]


def _word(value: object) -> str:
    if isinstance(value, str):
        return value  # quotes would be taken for part of a name
    return yaml.safe_dump(value, default_flow_style=True, width=10**6).splitlines()[0]


def refusal(error: Exception) -> MetstError:
    """The error of an object that refused its arguments; jsonargparse wraps it in its own."""
    cause = error.__cause__ or error
    if isinstance(cause, MetstError):
        return cause
    return ConfigError(" ".join(str(cause).split()) + _place(_first(error)))


def own_fault(error: BaseException) -> ConfigError:
    """The error for what went wrong in a module of the user's own, with its file and line."""
    what = f"{type(error).__name__}: {error}"
    return ConfigError(f"the experiment cannot be built: {what}{_place(error)}")


def _first(error: BaseException) -> BaseException:
    """The error that all others are wrapped around, in the user's own code if it was there."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(cause)
    return next((each for each in reversed(chain) if _place(each)), chain[-1])


def _place(error: BaseException) -> str:
    """Where the code of the user's own has failed; empty where none of it has."""
    if isinstance(error, SyntaxError):
        return ""  # its text names file and line
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(_OTHERS)]
    return f" ({own[-1].filename}:{own[-1].lineno})" if own else ""


def _message(error: ArgumentError, parser: ArgumentParser, arguments: Sequence[str]) -> str:
    """The key concerned, what is wrong with it, and the nearest keys there are."""
    reason = _first(error)
    text = str(reason).strip().partition("\n")[0]
    place = ".".join(_PLACES.findall(str(error)))
    prefix = f"{place}." if place else ""
    _, required, names = text.partition("arguments are required: ")
    if required:
        missing = ", ".join(prefix + name for name in names.split(", "))
        return f"missing: {missing}{EXPERIMENT if 'data' in names else ''}"
    if isinstance(reason, KeyError) and not _place(reason):  # the key stands in quotes
        return _unknown(prefix + text.replace("'", '"').split('"')[1], parser, arguments)
    _, unrecognized, words = text.partition("unrecognized arguments: ")
    if unrecognized:
        return _unknown(words.split()[0].lstrip("-").partition("=")[0], parser, arguments)
    paths = [*_CLASS_PATH.findall(str(error)), *_GIVEN.findall(str(error))]
    if isinstance(reason, ImportError | AttributeError) and paths:
        text = f"expected {_CLASS}, got {paths[-1]} ({text})"
        if getattr(reason, "name", None) in _BESIDE_SOURCES:
            text += "; give the command in the folder with metst's sources"
    elif not isinstance(reason, ArgumentError | ValueError | TypeError | MetstError):
        text = f"{type(reason).__name__}: {text}{_place(reason)}"
    return f"{place}: {_expectation(text)}" if place else text


def _expectation(text: str) -> str:
    """What a value should have been, and what it is, where jsonargparse names both."""
    expected, got, value = text.partition(". Got value: ")
    kind = expected.removeprefix("Expected a ")
    if got and kind.startswith("typing.Literal["):
        kind = kind.removeprefix("typing.Literal[").rstrip("]").replace("'", "")
        return f"expected one of {kind}, got {value}"
    if got and kind != expected:
        return f"expected {_TYPES.get(kind, kind)}, got {value}"
    value, limited, limit = text.partition(" does not conform to restriction v")
    if limited:
        return f"expected a number {limit.replace(' v', ' ')}, got {value}"
    return text.replace("Expected a dot import path string:", f"expected {_CLASS}, got")


def _unknown(key: str, parser: ArgumentParser, arguments: Sequence[str]) -> str:
    advice = nearest(key, _known(parser, arguments), "see --help for the keys there are")
    return f"unknown key '{key}'; {advice}"


def _known(parser: ArgumentParser, arguments: Sequence[str]) -> list[str]:
    """Keys of the experiment without its overrides, as far as it can be read."""
    places = [i for i, word in enumerate(arguments) if word.partition("=")[0] == "--config"]
    experiment = [x for i in places for x in arguments[i : i + 1 + (arguments[i] == "--config")]]
    try:
        tree = yaml.safe_load(parser.dump(parser.parse_args(experiment), skip_unset=False))
    except ArgumentError:
        tree = parser.get_defaults().as_dict()
    return [key for key, _ in flat(tree)]
