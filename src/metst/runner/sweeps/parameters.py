"""What a sweep varies: lists of values and distributions, under wandb's names for them."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from metst.base.settings import require

Draw = Callable[[np.random.Generator, Mapping[str, float]], float]

DISTRIBUTIONS: dict[str, tuple[tuple[str, ...], Draw]] = {
    "uniform": (("min", "max"), lambda g, p: g.uniform(p["min"], p["max"])),
    "int_uniform": (
        ("min", "max"),
        lambda g, p: int(g.integers(int(p["min"]), int(p["max"]), endpoint=True)),
    ),
    "log_uniform_values": (
        ("min", "max"),
        lambda g, p: math.exp(g.uniform(math.log(p["min"]), math.log(p["max"]))),
    ),
    "normal": (("mu", "sigma"), lambda g, p: g.normal(p["mu"], p["sigma"])),
    "log_normal": (("mu", "sigma"), lambda g, p: g.lognormal(p["mu"], p["sigma"])),
}
"""Distribution -> its numbers, and how a value is drawn. All but whole numbers also exist with q_
before the name: drawn and then rounded to a multiple of q."""

_NAMES = (*DISTRIBUTIONS, *(f"q_{n}" for n in DISTRIBUTIONS if n != "int_uniform"))
_LISTED = ("values", "probabilities", "distribution")
_KEYS = ("value", *_LISTED, "min", "max", "mu", "sigma", "q")
_DEFAULTS = {"mu": 0.0, "sigma": 1.0, "q": 1.0}  # as in wandb
_LARGEST, _WHOLE = 1e300, 2**63  # the largest that numpy can draw between


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
    numbers: Mapping[str, float] = field(default_factory=dict)

    def draw(self, generator: np.random.Generator) -> Any:  # noqa: ANN401 - a value may be anything
        """A random value."""
        if self.values:
            return self.values[generator.choice(len(self.values), p=self.probabilities or None)]
        _, draw = DISTRIBUTIONS[self.distribution.removeprefix("q_")]
        return self._rounded(draw(generator, self.numbers))

    def samples(self) -> list[Any]:
        """Values to try: all that are listed; of a range, both ends and one between."""
        if self.values:
            return list(self.values)
        ends = [self._rounded(self.numbers[e]) for e in ("min", "max") if e in self.numbers]
        return [*ends, self.draw(np.random.default_rng(0))]

    def _rounded(self, value: float) -> float:
        """The nearest multiple of q; whole where q is whole, so that it can be a number of things.

        A fraction has as many digits as q.
        """
        if (q := self.numbers.get("q")) is None:
            return value
        times = round(value / q)
        return times * int(q) if float(q).is_integer() else float(f"{times * q:.12g}")


def read_parameter(name: str, given: object) -> Parameter:
    """A parameter of a sweep file.

    Raises:
        ConfigError: a key, a value or a combination of them that has no meaning.
    """
    where = f"parameters: {name}"
    known = isinstance(given, dict) and set(given) <= set(_KEYS) and bool(given)
    keys = f"keys of {', '.join(_KEYS)} (a nested setting has a dotted name: model.lr)"
    require(where, given, known, keys)
    assert isinstance(given, dict)
    if "value" in given:
        alone = set(given) == {"value"} or given.get("distribution") == "constant"
        require(where, given, alone and len(given) <= 2, "nothing beside a value")
        return Parameter(name, (given["value"],))
    return _listed(name, where, given) if "values" in given else _range(name, where, given)


def _listed(name: str, where: str, given: Mapping[str, Any]) -> Parameter:
    values, probabilities = given["values"], given.get("probabilities")
    require(where, values, isinstance(values, list) and bool(values), "a list of values")
    require(where, given, set(given) <= set(_LISTED), f"only {', '.join(_LISTED)} beside values")
    kinds = (None, "categorical", "categorical_w_probabilities")
    kind = given.get("distribution")
    require(f"{where}: distribution", kind, kind in kinds, "none, or categorical, beside values")
    kept = probabilities is None or (
        isinstance(probabilities, list)
        and len(probabilities) == len(values)
        and all(_is_number(p) and p >= 0 for p in probabilities)
        and math.isclose(sum(probabilities), 1)
    )
    wanted = f"{len(values)} numbers that add up to 1, none below 0"
    require(f"{where}: probabilities", probabilities, kept, wanted)
    return Parameter(name, tuple(values), tuple(probabilities or ()))


def _range(name: str, where: str, given: Mapping[str, Any]) -> Parameter:
    whole = all(isinstance(given.get(end), int) for end in ("min", "max"))
    distribution = given.get("distribution", "int_uniform" if whole else "uniform")
    require(
        f"{where}: distribution",
        distribution,
        distribution in _NAMES,
        f"one of {', '.join(_NAMES)}",
    )
    wanted = DISTRIBUTIONS[distribution.removeprefix("q_")][0]
    wanted += ("q",) if distribution.startswith("q_") else ()
    only = set(given) <= {*wanted, "distribution"}
    require(where, given, only, f"only the numbers {', '.join(wanted)} for {distribution}")
    numbers = {key: given.get(key, _DEFAULTS.get(key)) for key in wanted}
    for key, value in numbers.items():
        number = "a finite number (in YAML, 1.0e-4 has a point)"
        require(f"{where}: {key}", value, _is_number(value), number)
        if key in ("q", "sigma"):
            require(f"{where}: {key}", value, value > 0, "a number above 0")
    if "min" in numbers:
        _check_ends(where, distribution, numbers["min"], numbers["max"])
    return Parameter(name, distribution=distribution, numbers=numbers)


def _is_number(value: object) -> bool:
    """Whether it is a finite number; true and false are none here."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and -_LARGEST <= value <= _LARGEST  # type: ignore[operator]


def _check_ends(where: str, distribution: str, low: float, high: float) -> None:
    above = low > 0 or "log" not in distribution
    wanted = "min <= max, above 0 for a logarithm"
    require(f"{where}: min and max", [low, high], low <= high and above, wanted)
    if distribution == "int_uniform":
        whole = all(end == int(end) and abs(end) < _WHOLE for end in (low, high))
        require(f"{where}: min and max", [low, high], whole, "whole numbers below 2**63")
