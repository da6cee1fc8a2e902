"""Axes of the charts: round ends, and ticks between them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Tick = tuple[float, str]
"""Place on an axis from 0 to 1, and text."""


@dataclass(frozen=True)
class Axis:
    """A scale from `low` to `high`; in powers of ten where it is `log`."""

    low: float
    high: float
    ticks: Sequence[Tick]
    log: bool = False

    def place(self, value: float) -> float:
        """Where a value lies, from 0 to 1."""
        return _place(value, self.low, self.high, log=self.log)


def whole_axis(low: int, high: int) -> Axis:
    """A linear axis that ends at both numbers, with ticks at round whole numbers between them."""
    high = max(high, low + 1)
    ticks = [(_place(float(text), low, high), text) for _, text in axis(low, high).ticks]
    return Axis(low, high, [(at, text) for at, text in ticks if 0 <= at <= 1 and "." not in text])


def axis(low: float, high: float) -> Axis:
    """A linear axis with about four round steps, which holds both values."""
    rough = (high - low) / 4 or max(abs(high), 1.0) / 4
    scale = 10.0 ** math.floor(math.log10(rough))
    step = next(f * scale for f in (1, 2, 2.5, 5, 10) if f * scale >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)
    ends = first * step, last * step
    numbers = [i * step for i in range(first, last + 1)]
    small = max(map(abs, ends)) < 0.01
    return Axis(*ends, [(_place(n, *ends), _text(n, small=small)) for n in numbers])


def log_axis(low: float, high: float) -> Axis:
    """An axis of powers of ten, also 2 and 5 times those, which holds both positive values."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    known = [f * 10.0**power for power in range(first, last + 1) for f in (1, 2, 5)]
    below, above = (max(n for n in known if n <= low), min(n for n in known if n >= high))
    if below == above:
        above = known[known.index(below) + 1]
    numbers = [n for n in known if below <= n <= above]
    return Axis(
        below, above, [(_place(n, below, above, log=True), f"{n:g}") for n in numbers], True
    )


def _text(number: float, *, small: bool) -> str:
    """A number of a tick, `7.5e-4` where all are small: there is no room for many zeros."""
    if not (small and number):
        return f"{number:.6g}"
    mantissa, power = f"{number:.2e}".split("e")
    return f"{float(mantissa):g}e{int(power)}"


def _place(value: float, low: float, high: float, *, log: bool = False) -> float:
    if log:
        value, low, high = math.log(value), math.log(low), math.log(high)
    return (value - low) / (high - low)
