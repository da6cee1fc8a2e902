"""What happens around the head: the light, and something that passes in front of the face."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from metst.base.randomness import generator
from metst.datasets.conditions import Activity
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.script.curves import Values, bump, glide, spread, wander
from metst.datasets.heads.script.head import DEGREE
from metst.datasets.heads.script.plan import VideoPlan
from metst.datasets.heads.script.spans import spans
from metst.datasets.labels.records import Expression

BRIGHT_SPREAD: Final = 1.15
"""The brightest video, beside the median one."""

LIGHT: Final = (25 * DEGREE, 12 * DEGREE)
"""Farthest that the main light stands from its usual place, about both axes, rad."""

LIGHT_MOVE: Final = np.array([0.12, 30 * DEGREE, 15 * DEGREE])
"""Greatest change of brightness and of both angles while the light moves."""

MAINS: Final = (100.0, 120.0)
"""Frequency of lamps on mains of 50 and 60 Hz, Hz."""

CLOCK: Final = 0.999
"""Frame rate of a camera beside its name: 29.97 instead of 30. It makes the flicker beat."""

FLICKER: Final = (0.01, 0.04)
"""Least and greatest amplitude of the flicker, of the brightness."""

EXPOSURE: Final = (0.08, 0.2)
"""Least and greatest step of the exposure, of the brightness."""

EXPOSURE_SECONDS: Final = 0.3
"""Time that a camera takes for such a step, s."""

PASSING_SECONDS: Final = (0.5, 2.0)
"""Time that something takes to pass in front of the face, s."""

PASSING_RADIUS: Final = (0.5, 0.9)
"""Least and greatest radius of what passes, in distances of the eyes."""

OUTSIDE: Final = 3.5
"""From here it is out of the picture, in distances of the eyes from the middle of the face."""


def shine(options: HeadsOptions, plan: VideoPlan) -> tuple[Values, list[Activity]]:
    """Brightness and direction of the light (T, 3), and where it changes."""
    rng = generator(options.seed, "heads", plan.subject, plan.video, "light")
    usual = [spread(rng, BRIGHT_SPREAD), *(rng.uniform(-1, 1, 2) * LIGHT)]
    light = np.tile(usual, (plan.frames, 1))
    if "lights" not in plan.traits:
        return light, []
    changes = [_moving, _flickering, _stepping]
    chosen = rng.choice(len(changes), int(rng.integers(1, 3)), replace=False)
    return light, [one for i in chosen for one in changes[i](options, light, rng)]


def _moving(options: HeadsOptions, light: Values, rng: np.random.Generator) -> list[Activity]:
    """Move the light slowly to another place and brightness."""
    frames = len(light)
    length = min(frames, round(float(rng.uniform(2, 8)) * options.fps))
    begin = int(rng.integers(frames - length + 1))
    change = rng.uniform(-1, 1, 3) * LIGHT_MOVE
    light += glide((np.arange(frames) - begin + 1) / length)[:, None] * change
    return [Activity("light", begin + 1, begin + length)]


def _flickering(options: HeadsOptions, light: Values, rng: np.random.Generator) -> list[Activity]:
    """Let the whole video flicker as lamps on the mains do: a beat with the frame rate."""
    frames = len(light)
    hertz = MAINS[int(rng.integers(len(MAINS)))]
    phase = np.arange(frames) * (hertz / (options.fps * CLOCK)) + float(rng.random())
    wave = 2 * bump(phase - np.floor(phase)) - 1
    light[:, 0] *= 1 + float(rng.uniform(*FLICKER)) * wave
    return [Activity("light", 1, frames)]


def _stepping(options: HeadsOptions, light: Values, rng: np.random.Generator) -> list[Activity]:
    """Let the camera change its exposure and, later, change it back."""
    frames = len(light)
    length = round(EXPOSURE_SECONDS * options.fps)
    step = float(rng.uniform(*EXPOSURE)) * (1 if rng.random() < 0.5 else -1)
    begins = np.sort(rng.integers(0, frames - length + 1, 2)).tolist()
    for begin, sign in zip(begins, (1, -1), strict=True):
        light[:, 0] += sign * step * glide((np.arange(frames) - begin + 1) / length)
    return [Activity("light", begin + 1, begin + length) for begin in begins]


def pass_by(
    options: HeadsOptions, plan: VideoPlan, shown: Sequence[Expression]
) -> tuple[Values, list[Activity]]:
    """Middle and radius (T, 3) of what passes in front of the face, and when; never over an ME."""
    rng = generator(options.seed, "heads", plan.subject, plan.video, "occlusion")
    occluder = np.zeros((plan.frames, 3))
    if "occlusion" not in plan.traits:
        return occluder, []
    free = np.ones(plan.frames, bool)
    for one in shown:
        if one.kind == "micro":
            free[one.onset - 1 : one.offset] = False
    able = spans(free, 1)
    first, last = max(able, key=lambda span: span[1] - span[0])
    length = round(float(rng.uniform(*PASSING_SECONDS)) * options.fps)
    length = min(length, last - first + 1)
    if length < PASSING_SECONDS[0] * options.fps:
        return occluder, []
    begin = int(rng.integers(first, last - length + 2))
    occluder[begin : begin + length] = _passing(length, rng)
    return occluder, [Activity("occlusion", begin + 1, begin + length)]


def _passing(length: int, rng: np.random.Generator) -> Values:
    """Middle and radius (length, 3) of a hand that comes to the face from one side and goes on."""
    side = 1 if rng.random() < 0.5 else -1
    share = np.arange(length) / max(1, length - 1)
    through = rng.random() < 0.5  # to the other side, or back
    x = OUTSIDE * (1 - 2 * share) if through else OUTSIDE - bump(share) * float(rng.uniform(2, 3.5))
    height = float(rng.uniform(-1.2, 0.6)) + 0.3 * wander(rng, length, length, 1)[:, 0]
    return np.stack([side * x, height, np.full(length, rng.uniform(*PASSING_RADIUS))], axis=1)
