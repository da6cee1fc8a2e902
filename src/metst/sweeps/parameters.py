"""What a sweep varies: lists of values and distributions, under wandb's names for them."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from metst.errors import ConfigError

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
        return Parameter(name, (told["value"],))
    if "values" in told:
        return _listed(name, told)
    return _distributed(name, told)


def _listed(name: str, told: Mapping[str, Any]) -> Parameter:
    values, probabilities = told["values"], told.get("probabilities", [])
    if not isinstance(values, list) or not values:
        msg = f"parameters: {name}: expected a list of values, got {values!r}"
        raise ConfigError(msg)
    if told.get("distribution", _LISTED[0]) not in _LISTED:
        msg = f"parameters: {name}: values go with no distribution, got {told['distribution']}"
        raise ConfigError(msg)
    if probabilities and (
        len(probabilities) != len(values) or not math.isclose(sum(probabilities), 1)
    ):
        wanted = f"{len(values)} probabilities that add up to 1"
        msg = f"parameters: {name}: expected {wanted}, got {probabilities}"
        raise ConfigError(msg)
    return Parameter(name, tuple(values), tuple(probabilities))


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
    extra = set(told) - wanted - {"distribution"}
    if extra or not all(isinstance(x, int | float) for x in numbers.values()):
        takes = f"{distribution} takes the numbers {', '.join(sorted(wanted))}"
        msg = f"parameters: {name}: {takes}; got {dict(told)}"
        raise ConfigError(msg)
    _check_bounds(name, distribution, numbers)
    return Parameter(name, distribution=distribution, numbers=numbers)


def _check_bounds(name: str, distribution: str, numbers: Mapping[str, float]) -> None:
    if "min" not in numbers:
        return
    low, high = numbers["min"], numbers["max"]
    logarithmic = "log" in distribution
    if low > high or (logarithmic and low <= 0):
        wanted = "0 < min <= max" if logarithmic else "min <= max"
        msg = f"parameters: {name}: expected {wanted}, got {low} and {high}"
        raise ConfigError(msg)
