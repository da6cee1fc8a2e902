"""Empirical mode decomposition of a curve, in float64.

Equal to rounding to the package EMD-signal 1.10 with its defaults, which the authors of OF-FD use,
for curves whose neighbouring samples differ.
Shapes: N samples of a curve.
"""

import numpy as np

from metst.features.of_fd.envelopes import Curve, Extrema, envelopes, extrema, zero_crossings

ROUNDS = 1000
"""Most siftings of a component."""

RANGE, TOTAL = 0.001, 0.005
"""What is left of a curve is not decomposed below this range, or sum of absolute values."""

CHANGE, RELATIVE, ENERGY, NOTHING = 0.001, 0.2, 0.2, 1e-10
"""When sifting has changed a component so little that it is accepted, see `_steady`."""


def without_trend(x: Curve) -> Curve:
    """The sum (N,) of all components of a curve (N,) but the last; zero of a monotone curve."""
    components = np.zeros((0, len(x)))
    while (component := _component(x - components.sum(0))) is not None:
        components = np.vstack([components, component])
        rest = x - components.sum(0)
        if np.ptp(rest) < RANGE or np.abs(rest).sum() < TOTAL:
            if extrema(component).number <= 2:
                components = components[:-1]
            break
    trend_is_last = not np.allclose(x - components.sum(0), 0)
    total: Curve = (components if trend_is_last else components[:-1]).sum(0)
    return total


def _component(rest: Curve) -> Curve | None:
    """The fastest oscillation (N,) of a curve (N,); None where it has too few extrema."""
    curve, found = rest, extrema(rest)
    for _ in range(ROUNDS):
        if found.number < 3:
            return None
        upper, lower, knots = envelopes(curve, found)
        sifted = curve - (upper + lower) / 2
        found = extrema(sifted)
        even = abs(found.number - zero_crossings(sifted)) < 2
        if even and _steady(sifted, curve, knots):
            return sifted
        curve = sifted
    return curve


def _steady(sifted: Curve, before: Curve, knots: Extrema) -> bool:
    """Whether a sifting (N,) may be the last one.

    Args:
        sifted: its result.
        before: what it began with.
        knots: heights of the envelopes' knots.
    """
    if (knots.maxima < 0).any() or (knots.minima > 0).any() or (sifted**2).sum() < NOTHING:
        return False
    change = sifted - before
    square = (change**2).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = ((change / sifted) ** 2).sum()
    return bool(
        square / np.ptp(before) < CHANGE
        or relative < RELATIVE
        or square / (before**2).sum() < ENERGY
    )
