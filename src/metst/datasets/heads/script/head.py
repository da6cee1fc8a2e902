"""How the head moves: drift, tremor, changes of posture, nods; and when it moves clearly."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metst.base.randomness import generator
from metst.datasets.conditions import Activity
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.script.curves import Values, bump, glide, wander, whole
from metst.datasets.heads.script.plan import VideoPlan
from metst.datasets.heads.script.spans import spans

DEGREE: Final = 3.14159265 / 180
"""rad."""

STRONG: Final = 4.0
"""Head motion of the group `motion`, beside the others'."""

DRIFT: Final = np.array([4 * DEGREE, 2.5 * DEGREE, 2 * DEGREE, 0.06, 0.04, 0.06])
"""Greatest slow motion: yaw, pitch, roll in rad; right, up, near in distances of the eyes."""

DRIFT_SECONDS: Final = 2.5
"""Time between two knots of the slow motion, s."""

SWAY: Final = 0.12
"""Share of the drift that is faster: every 0.6 s."""

SWAY_SECONDS: Final = 0.6

TREMOR: Final = 0.03 * DEGREE
"""Greatest turn of the tremor, rad; its shifts are as large in distances of the eyes."""

TREMOR_SECONDS: Final = 0.055
"""Time between two knots of the tremor, s: up to 9 Hz; physiological tremor has 8 to 12 Hz."""

POSTURE: Final = np.array([5 * DEGREE, 3 * DEGREE, 3 * DEGREE, 0.12, 0.06, 0.1])
"""Greatest change of posture, as `DRIFT`."""

POSTURES: Final = 3.0
"""Changes of posture per minute."""

NODS: Final = 2.0
"""Nods per minute."""

NOD: Final = (1.5 * DEGREE, 4 * DEGREE)
"""Least and greatest pitch of a nod, rad."""

SWALLOWING: Final = 1.0 * DEGREE
"""Pitch of the head while swallowing, rad."""

LIMITS: Final = np.array([30 * DEGREE, 20 * DEGREE, 20 * DEGREE, 0.6, 0.4, 0.5])
"""The head comes near these and never reaches them, so that the face stays in sight."""

CLEAR: Final = (6 * DEGREE, 0.15)
"""Speed from which the head moves clearly: a turn in rad/s, a shift in eye distances per s."""

CLEAR_SECONDS: Final = 0.2
"""A motion as short is none; two that are nearer than this are one, s."""


def move(
    options: HeadsOptions, plan: VideoPlan, swallowed: Sequence[Activity]
) -> tuple[Values, list[Activity]]:
    """Pose (T, 6) of the head in each frame, and where it moves clearly.

    The pose is 0 in the mean of many videos: looking into the camera, in the middle.
    """
    rng = generator(options.seed, "heads", plan.subject, plan.video, "head")
    frames, fps = plan.frames, options.fps
    pose = DRIFT * wander(rng, frames, DRIFT_SECONDS * fps, 6)
    pose += SWAY * DRIFT * wander(rng, frames, SWAY_SECONDS * fps, 6)
    pose += _postures(frames, fps, rng)
    pose[:, 1] += _nods(frames, fps, rng)
    for one in swallowed:
        pose[one.onset - 1 : one.offset, 1] -= _bumps(one.offset - one.onset + 1, 1) * SWALLOWING
    tremor = TREMOR * wander(rng, frames, TREMOR_SECONDS * fps, 6)
    size = options.knobs.motion * options.difficulty
    size *= STRONG if "motion" in plan.groups else 1
    calm = _limited(size * pose)
    return calm + size * tremor, _clear(calm, fps)


def _limited(pose: Values) -> Values:
    """The pose, bent so that it stays within `LIMITS`; small ones are as they were."""
    share = pose / LIMITS
    square = share * share
    limited: Values = pose / np.sqrt(np.sqrt(1 + square * square))
    return limited


def _postures(frames: int, fps: float, rng: np.random.Generator) -> Values:
    """Changes of posture (T, 6): from one place to another in about a second."""
    places = rng.uniform(-1, 1, 6) * POSTURE / 2
    pose = np.tile(places, (frames, 1))
    for _ in range(whole(rng, POSTURES * frames / fps / 60)):
        begin, length = rng.uniform(0, frames), rng.uniform(0.6, 1.6) * fps
        new = rng.uniform(-1, 1, 6) * POSTURE
        pose += glide((np.arange(frames) - begin) / length)[:, None] * (new - places)
        places = new
    return pose


def _nods(frames: int, fps: float, rng: np.random.Generator) -> Values:
    """Pitch (T,) of nods, each of one to three bows."""
    pitch = np.zeros(frames)
    for _ in range(whole(rng, NODS * frames / fps / 60)):
        bows = int(rng.integers(1, 4))
        length = min(round(bows * float(rng.uniform(0.4, 0.7)) * fps), frames)
        begin = int(rng.integers(frames - length + 1))
        pitch[begin : begin + length] -= _bumps(length, bows) * float(rng.uniform(*NOD))
    return pitch


def _bumps(length: int, count: int) -> Values:
    """So many bumps in a row (length,)."""
    place = (np.arange(length) + 1) / (length + 1) * count
    return bump(place - np.floor(place))


def _clear(pose: Values, fps: float) -> list[Activity]:
    """Where the head moves clearly, from a pose (T, 6) without tremor."""
    speed = np.abs(np.diff(pose, axis=0, prepend=pose[:1])) * fps  # (T, 6)
    clear: NDArray[np.bool_] = (speed[:, :3].max(axis=1) > CLEAR[0]) | (
        speed[:, 3:].max(axis=1) > CLEAR[1]
    )
    least = round(CLEAR_SECONDS * fps)
    return [Activity("motion", on + 1, off + 1) for on, off in spans(clear, least)]
