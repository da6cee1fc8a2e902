"""Reading options and YAML; a mistake is told in one line, where jsonargparse's text is a page."""

import difflib
import re
from argparse import ArgumentError
from collections.abc import Sequence
from pathlib import Path

import yaml
from jsonargparse import (  # type: ignore[attr-defined]  # of a class that is not in __all__
    ActionConfigFile,
    ArgumentParser,
    Namespace,
    get_loader,
    set_loader,
)

from metst.base.errors import ConfigError, DataError
from metst.base.files import read_yaml, refuse_repeated_keys
from metst.base.settings import flat

EXPERIMENT = "; give an experiment, such as --config experiments/demo.yaml"
"""The mend where the parts of an experiment are missing."""

_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "list": "a list, such as [a, b]",
    "dict": "names with values, such as {a: 1}",
}
"""What jsonargparse calls Python's types, for those who write YAML."""

_KEY = r"[\w.]+"
_UNKNOWN_OPTION = re.compile(rf"Option '({_KEY})' is not accepted")
_UNKNOWN_ARGUMENT = re.compile(rf"unrecognized arguments: -*({_KEY})")
_UNKNOWN_IN_FILE = re.compile(rf"[Kk]ey ['\"]({_KEY})['\"] is not expected")
_MISSING = re.compile(r"arguments are required: (.*)")
_PARSER_KEY = re.compile(rf"[Kk]ey \"({_KEY})\"")
_REFUSED = re.compile(r"  - (?!Expected a |Problem with |Unexpected )")
_NOISE = re.compile(
    r"Does not validate|Subtypes|Given value|Expected a <class 'NoneType'>|Errors|Expected a path"
)
_TYPE = re.compile(r"Expected a <class '(\w+)'>")
_CHOICES = re.compile(r"Expected a typing\.Literal\[(.*?)\]")
_LIMIT = re.compile(r"Not of type \w+: (\S+) does not conform to restriction v(\S+)")
_GIVEN = re.compile(r"Got value: (.*)|Given value: (?!NestedArg|Namespace)(.*)")
_CLASS = re.compile(r"(?:given class_path '(.*?)'|dot import path string: (.*))")
_NO_CLASS = re.compile(r"No module named|has no attribute|dot import path string")


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
        raise ConfigError(_in_words(error, parser, arguments)) from error


def refusal(error: Exception) -> Exception:
    """The error in words of an object that refused its arguments; `error` itself where none did.

    jsonargparse hides it in a list of all types that it has tried.
    """
    line = next((x for x in str(error).splitlines() if _REFUSED.match(x)), None)
    return error if line is None else ConfigError(line.strip(" -"))


def _in_words(error: ArgumentError, parser: ArgumentParser, arguments: Sequence[str]) -> str:
    """The key concerned, what is wrong with it, and the nearest keys there are."""
    text = str(error)
    keys = _PARSER_KEY.findall(text)
    if option := _UNKNOWN_OPTION.search(text):
        return _unknown(".".join([*keys[:1], option[1]]), parser, arguments)
    if argument := _UNKNOWN_ARGUMENT.search(text) or _UNKNOWN_IN_FILE.search(text):
        return _unknown(argument[1], parser, arguments)
    if missing := _MISSING.search(text):
        names = ", ".join(".".join([*keys, name]) for name in missing[1].split(", "))
        return f"missing: {names}{EXPERIMENT if 'data' in missing[1] else ''}"
    return f"{'.'.join(keys)}: {_expectation(text) or _telling_line(text)}"


def _expectation(text: str) -> str | None:
    """What a value should have been, and what it is; None where that is not what is wrong."""
    given = next((" ".join(filter(None, m.groups())) for m in _GIVEN.finditer(text)), None)
    got = f", got {given}" if given else ""
    if _NO_CLASS.search(text):
        names = ["".join(filter(None, m.groups())) for m in _CLASS.finditer(text)]
        reason = "" if "dot import" in _telling_line(text) else f" ({_telling_line(text)})"
        return (
            f"expected a class, such as metst.systems.me_tst.network.METST, got {names[-1]}{reason}"
        )
    if choices := ", ".join(_CHOICES.findall(text)).replace("'", ""):
        return f"expected one of {', '.join(dict.fromkeys(choices.split(', ')))}{got}"
    if limit := _LIMIT.search(text):
        return f"expected a number {limit[2]}, got {limit[1]}"
    if kind := _TYPE.search(text):
        return f"expected {_TYPES.get(kind[1], kind[1])}{got}"
    return None


def _telling_line(text: str) -> str:
    """The first line that says what is wrong, not how types were tried."""
    lines = [line.strip(" -") for line in text.splitlines()]
    telling = [x for x in lines if x and not x.endswith(":") and not _NOISE.match(x)]
    said = telling[0] if telling else lines[0]
    return said.split(": ", 1)[-1] if said.startswith("Parser key") else said


def _unknown(key: str, parser: ArgumentParser, arguments: Sequence[str]) -> str:
    near = difflib.get_close_matches(key, _known(parser, arguments), n=3, cutoff=0.6)
    mend = f"did you mean {' or '.join(near)}?" if near else "see --help for the keys there are"
    return f"unknown key '{key}'; {mend}"


def _known(parser: ArgumentParser, arguments: Sequence[str]) -> list[str]:
    """Keys of the experiment without its overrides, as far as it can be read."""
    places = [i for i, argument in enumerate(arguments) if argument == "--config"]
    experiment = [x for i in places for x in arguments[i : i + 2]]
    try:
        tree = yaml.safe_load(parser.dump(parser.parse_args(experiment), skip_unset=False))
    except ArgumentError:
        tree = {action.dest: None for action in parser._actions}  # no public list
    return [key for key, _ in flat(tree)]
