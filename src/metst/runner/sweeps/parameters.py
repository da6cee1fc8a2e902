"""What a sweep varies: lists of values and distributions, under wandb's names for them."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from metst.base.errors import ConfigError
from metst.base.settings import require

Draw = Callable[[np.random.Generator, Mapping[str, float]], float]

_BOUNDS = {"min", "max"}
_NORMAL = {"mu", "sigma"}

DISTRIBUTIONS: dict[str, tuple[set[str], Draw]] = {
    "uniform": (_BOUNDS, lambda g, p: g.uniform(p["min"], p["max"])),
    "int_uniform": (_BOUNDS, lambda g, p: int(g.integers(int(p["min"]), int(p["max"]) + 1))),
    "log_uniform_values": (
        _BOUNDS,
        lambda g, p: math.exp(g.uniform(math.log(p["min"]), math.log(p["max"]))),
    ),
    "normal": (_NORMAL, lambda g, p: g.normal(p["mu"], p["sigma"])),
    "log_normal": (_NORMAL, lambda g, p: g.lognormal(p["mu"], p["sigma"])),
}
"""Distribution -> its parameters, and how a value is drawn. All but whole numbers also exist with
q_ before the name: drawn and then rounded to a multiple of q."""

_NAMES = sorted([*DISTRIBUTIONS, *(f"q_{n}" for n in DISTRIBUTIONS if n != "int_uniform")])
_LISTED = ("categorical", "categorical_w_probabilities")
_KEYS = {"value", "values", "probabilities", "distribution", "q", *_BOUNDS, *_NORMAL}
_EXPONENT = re.compile(r"([-+]?[\d.]+)[eE]([-+]?)(\d+)")
_LARGEST, _WHOLE = 1e300, 2**63  # the largest that numpy can draw between
_DEFAULTS = {"mu": 0.0, "sigma": 1.0, "q": 1.0}  # as in wandb


@dataclass(frozen=True)
class Parameter:
    """A setting that is varied.

    Attributes:
        name: dotted, as on the command line.
        values: to choose from; empty for a distribution.
        probabilities: of the values; empty where all are alike.
        distribution: a key of `DISTRIBUTIONS`, with or without q_; empty for listed values.
        numbers: parameters of the distribution.
    """

    name: str
    values: tuple[Any, ...] = ()
    probabilities: tuple[float, ...] = ()
    distribution: str = ""
    numbers: Mapping[str, float] | None = None

    @property
    def logarithmic(self) -> bool:
        """Whether values are spread over orders of magnitude."""
        return "log" in self.distribution

    def draw(self, generator: np.random.Generator) -> Any:  # noqa: ANN401 - a value may be anything
        """A random value."""
        if self.values:
            return self.values[generator.choice(len(self.values), p=self.probabilities or None)]
        numbers = self.numbers or {}
        plain = self.distribution.removeprefix("q_")
        drawn = DISTRIBUTIONS[plain][1](generator, numbers)
        return self._rounded(drawn, numbers["q"]) if plain != self.distribution else drawn

    def samples(self) -> list[Any]:
        """Values that the setting must accept: all that are listed; of a range, both ends too."""
        if self.values:
            return list(self.values)
        numbers = self.numbers or {}
        ends = [numbers[end] for end in ("min", "max") if end in numbers]
        if "q" in numbers:
            ends = [self._rounded(end, numbers["q"]) for end in ends]
        return [*ends, *(self.draw(np.random.default_rng(i)) for i in range(3))]

    def _rounded(self, value: float, q: float) -> float:
        """The nearest multiple of q; whole where q is whole, so that it can be a number of things.

        A fraction has as many digits as q.
        """
        times = round(value / q)
        return times * int(q) if float(q).is_integer() else float(f"{times * q:.12g}")


def read_parameter(name: str, told: object) -> Parameter:
    """A parameter of a sweep file.

    Raises:
        ConfigError: it says something it cannot say, in words.
    """
    if not isinstance(told, dict) or not told or (unknown := set(told) - _KEYS):
        mend = " (nested parameters: write model.lr, not model: {parameters: {lr: ...}})"
        what = f"unknown {', '.join(sorted(unknown))}" if isinstance(told, dict) and told else told
        msg = f"parameters: {name}: expected the keys {', '.join(sorted(_KEYS))}; got {what}"
        raise ConfigError(msg + (mend if isinstance(told, dict) and "parameters" in told else ""))
    if "value" in told:
        return _constant(name, told)
    if "values" in told:
        return _listed(name, told)
    return _distributed(name, told)


def _constant(name: str, told: Mapping[str, Any]) -> Parameter:
    alone = set(told) == {"value"} or told == {"value": told["value"], "distribution": "constant"}
    require(f"parameters: {name}", dict(told), alone, "nothing beside a value")
    return Parameter(name, (told["value"],))


def _listed(name: str, told: Mapping[str, Any]) -> Parameter:
    where, values = f"parameters: {name}", told["values"]
    require(where, values, isinstance(values, list) and bool(values), "a list of values")
    others = set(told) - {"values", "probabilities", "distribution"}
    if others or told.get("distribution", _LISTED[0]) not in _LISTED:
        msg = f"{where}: values go with no distribution and no range, got {dict(told)}"
        raise ConfigError(msg)
    probabilities = told.get("probabilities")
    kept = probabilities is None or (
        isinstance(probabilities, list)
        and len(probabilities) == len(values)
        and all(_is_number(p) and p >= 0 for p in probabilities)
        and math.isclose(sum(probabilities), 1)
    )
    wanted = f"{len(values)} probabilities that add up to 1, none below 0"
    require(where, probabilities, kept, wanted)
    return Parameter(name, tuple(values), tuple(probabilities or ()))


def _distributed(name: str, told: Mapping[str, Any]) -> Parameter:
    ends = [told.get("min"), told.get("max")]
    whole = all(isinstance(end, int) for end in ends)
    distribution = told.get("distribution", "int_uniform" if whole else "uniform")
    if distribution not in _NAMES:
        msg = f"parameters: {name}: unknown distribution {distribution!r}; there are "
        raise ConfigError(msg + ", ".join((*_LISTED, "constant", *_NAMES)))
    wanted, _ = DISTRIBUTIONS[distribution.removeprefix("q_")]
    wanted = wanted | ({"q"} if distribution.startswith("q_") else set())
    numbers = {key: told.get(key, _DEFAULTS.get(key)) for key in wanted}
    takes = f"parameters: {name}: {distribution} takes the numbers {', '.join(sorted(wanted))}"
    if extra := set(told) - wanted - {"distribution"}:
        msg = f"{takes}; got {', '.join(sorted(extra))} besides"
        raise ConfigError(msg)
    for key, value in sorted(numbers.items()):
        require(f"{takes}; {key}", value, _is_number(value), _wanted_number(value))
    _check_ranges(name, distribution, numbers)
    return Parameter(name, distribution=distribution, numbers=numbers)


def _is_number(value: object) -> bool:
    """Whether it is a finite number; true and false are none here."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and -_LARGEST <= value <= _LARGEST  # type: ignore[operator]


def _wanted_number(value: object) -> str:
    """What is expected; YAML takes 1e-4 for text."""
    exponent = _EXPONENT.fullmatch(value) if isinstance(value, str) else None
    if not exponent:
        return "a finite number"
    digits, sign, power = exponent.groups()
    point = "" if "." in digits else ".0"
    return f"a number, which YAML writes {digits}{point}e{sign or '+'}{power}"


def _check_ranges(name: str, distribution: str, numbers: Mapping[str, float]) -> None:
    where = f"parameters: {name}"
    for key in {"q", "sigma"} & set(numbers):
        require(f"{where}: {key}", numbers[key], numbers[key] > 0, "a number above 0")
    if "min" not in numbers:
        return
    low, high = numbers["min"], numbers["max"]
    logarithmic = "log" in distribution
    kept = low <= high and (low > 0 or not logarithmic)
    wanted = "0 < min <= max" if logarithmic else "min <= max"
    require(f"{where}: min and max", [low, high], kept, wanted)
    if distribution == "int_uniform":
        whole = all(end == int(end) and abs(end) < _WHOLE for end in (low, high))
        require(f"{where}: min and max", [low, high], whole, "whole numbers below 2**63")
