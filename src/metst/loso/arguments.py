"""Reading options and YAML; a mistake is told in one line, where jsonargparse's text is a page."""

import difflib
import re
from argparse import ArgumentError
from collections.abc import Sequence

import yaml
from jsonargparse import ArgumentParser, Namespace

from metst.errors import ConfigError
from metst.settings import flat

EXPERIMENT = "; give an experiment, such as --config experiments/demo.yaml"
"""The mend where the parts of an experiment are missing."""

_KEY = r"[\w.]+"
_UNKNOWN_OPTION = re.compile(rf"Option '({_KEY})' is not accepted")
_UNKNOWN_ARGUMENT = re.compile(rf"unrecognized arguments: -*({_KEY})")
_UNKNOWN_IN_FILE = re.compile(rf"[Kk]ey ['\"]({_KEY})['\"] is not expected")
_MISSING = re.compile(r"arguments are required: (.*)")
_PARSER_KEY = re.compile(rf"[Kk]ey \"({_KEY})\"")
_REFUSED = re.compile(r"  - (?!Expected a |Problem with |Unexpected )")
_NOISE = re.compile(r"Does not validate|Subtypes|Given value|Expected a <class 'NoneType'>|Errors")


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
        return f"missing: {missing[1]}{EXPERIMENT if 'data' in missing[1] else ''}"
    return f"{'.'.join(keys)}: {_telling_line(text)}"


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
