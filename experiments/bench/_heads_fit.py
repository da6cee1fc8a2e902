"""The errors of measured flow in few numbers, see `experiments.bench.ideal.noise.Errors`.

Deterministic: regressions, moments, and searches over grids. Shapes: W windows, C channels,
k frames per window.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.bench._heads import Case
from experiments.bench._heads_residual import (
    codec_of,
    excess,
    joined,
    leak_of,
    predicted,
    residual,
    weights_of,
    white_of,
)
from experiments.bench.ideal.noise import NOISES, Codec, Errors
from metst.base.randomness import generator

Array = NDArray[Any]

REACHES: Final = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0)
CALMS: Final = (3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 8.0, 12.0)
STILLS: Final = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8)
"""Grids that are searched."""

START: Final = Errors(
    *((1.0,) * 10, (0.0,) * 10, 0.0, 4.0, 4.0, (0.1,) * 10, (0.0, 1.0, 2.0, 4.0), (0.1,) * 10),
    *(0.1, 10.0, 0.0, 0.0, {"usual": (1.0, 1.0, 1.0)}),
)


def fit(measured: Sequence[Case]) -> Errors:
    """The errors of some videos."""
    usual = [case for case in measured if codec_of(case.condition) == "usual"]
    grid = product(REACHES, CALMS)
    errors = min((_regressed(usual, *at) for at in grid), key=lambda e: _misfit(usual, e))
    shares = {
        name: leak_of([c for c in usual if c.subject == name], errors)
        for name in dict.fromkeys(case.subject for case in usual)
    }
    errors = replace(errors, people=float(np.std(list(shares.values()))))
    measured = [_as_the_mean(case, errors, shares[case.subject]) for case in measured]
    usual = [case for case in measured if codec_of(case.condition) == "usual"]
    errors = replace(errors, **_white(usual, errors))
    moving = [case for case in usual if case.condition.noise == 2]
    candidates = [_slow(moving, errors, still) for still in STILLS]
    errors = min(candidates, key=lambda e: _unlike(moving, e))
    turned = [case for case in moving if case.condition.motion != "none"]
    errors = replace(errors, **_correlations(turned, errors))
    errors = replace(errors, spread=_spread(turned, errors))
    names: tuple[Codec, ...] = ("jpeg", "h264")
    plain = [case for case in moving if case.condition.motion == "usual"]
    coded = {n: [c for c in measured if codec_of(c.condition) == n] for n in names}
    codecs = {n: _codec(some, plain, errors) for n, some in coded.items()}
    return replace(errors, codecs={"usual": (1.0, 1.0, 1.0), **codecs})


def _regressed(usual: Sequence[Case], reach: float, calm: float) -> Errors:
    """Gain and leak of each channel."""
    unit = replace(START, leak=(1.0,) * 10, reach=reach, calm=calm)
    weights = np.sqrt(joined([weights_of(case) for case in usual]))
    ideal, flow = (joined([getattr(c, name) for c in usual]) for name in ("ideal", "measured"))
    head = joined([unit.leaked(c.head, c.condition.noise, "usual") for c in usual])
    gains, leaks = [], []
    for c, weight in enumerate(weights):
        known = np.stack([ideal[c] * weight, head[c] * weight], axis=1)
        gain, leak = np.linalg.lstsq(known, flow[c] * weight, rcond=None)[0]
        gains.append(float(gain))
        leaks.append(float(leak))
    return replace(unit, gain=tuple(gains), leak=tuple(leaks))


def _misfit(usual: Sequence[Case], errors: Errors) -> float:
    squares = [(residual(c, errors) ** 2 * weights_of(c)).sum() for c in usual]
    return float(np.sum(squares))


def _white(usual: Sequence[Case], errors: Errors) -> dict[str, Any]:
    """White errors, seen where the head is still."""
    calm = [case for case in usual if case.condition.motion == "none"]
    levels = [white_of([c for c in calm if c.condition.noise == n], errors) for n in NOISES]
    white = np.sqrt(levels[NOISES.index(2.0)])
    grain = [float(np.median(np.sqrt(level) / white)) for level in levels]
    return {"white": tuple(white.tolist()), "grain": tuple(grain)}


def _slow(moving: Sequence[Case], errors: Errors, still: float) -> Errors:
    """Size of the slow errors of each channel, given how they grow."""
    unit = replace(errors, slow=(1.0,) * 10, still=still)
    logs = [
        np.log(excess(case, unit) / (predicted(case, unit) ** 2).mean(axis=(0, 2)))
        for case in moving
    ]
    return replace(unit, slow=tuple(np.exp(np.mean(logs, axis=0) / 2).tolist()))


def _unlike(moving: Sequence[Case], errors: Errors) -> float:
    """How far predicted and measured sizes are apart, as logarithms."""
    apart = [
        np.log(excess(case, errors) / (predicted(case, errors) ** 2).mean(axis=(0, 2)))
        for case in moving
    ]
    return float(np.square(apart).sum())


def _correlations(turned: Sequence[Case], errors: Errors) -> dict[str, Any]:
    """Autocorrelation time, and the share that ROIs have in common."""
    left = np.concatenate([residual(c, errors)[:, :, 1:] / predicted(c, errors) for c in turned])
    lag = 5
    kept = (left[..., lag:] * left[..., :-lag]).mean() / (left**2).mean()
    axes = left.reshape(len(left), 5, 2, -1)
    shared = []
    for a in range(2):
        pairs = np.corrcoef(axes[:, :, a].transpose(1, 0, 2).reshape(5, -1))
        shared.append((pairs.sum() - 5) / 20)
    return {"time": float(-lag / np.log(kept)), "common": float(max(0.0, np.mean(shared)))}


def _spread(turned: Sequence[Case], errors: Errors) -> float:
    """How much windows differ beyond what so short ones do by chance."""
    real, drawn = [], []
    for number, case in enumerate(turned):
        rng = generator(0, "spread", number)
        flow = errors.disturbed(case.ideal, case.head, case.condition.noise, "usual", rng)
        modelled = replace(case, measured=flow)
        for sizes, values in ((real, residual(case, errors)), (drawn, residual(modelled, errors))):
            ratio = (values[:, :, 1:] ** 2).mean(2) / (predicted(case, errors) ** 2).mean(2)
            sizes.append(np.log(ratio).ravel() / 2)
    return float(np.sqrt(max(0.0, np.concatenate(real).var() - np.concatenate(drawn).var())))


def _as_the_mean(case: Case, errors: Errors, share: float) -> Case:
    """A video as if its person had the leak of all in the mean."""
    leaked = errors.leaked(case.head, case.condition.noise, "usual")
    return replace(case, measured=case.measured - (share - 1) * leaked)


def _codec(
    some: Sequence[Case], plain: Sequence[Case], errors: Errors
) -> tuple[float, float, float]:
    """Factors of leak, white and slow errors under a codec, beside the same videos without."""
    factor = leak_of(some, errors) / leak_of(plain, errors)
    scaled = replace(errors, leak=tuple(factor * leak for leak in errors.leak))
    white = np.sqrt(np.median(white_of(some, scaled) / white_of(plain, errors)))
    excesses = [
        np.mean([excess(c, e) for c in group], axis=0)
        for group, e in ((some, scaled), (plain, errors))
    ]
    return factor, float(white), float(np.sqrt(np.median(excesses[0] / excesses[1])))
