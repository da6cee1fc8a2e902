"""How the scene is recorded: noise, exposure, compression, dropped and repeated frames."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from metst.base.randomness import generator
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.script.curves import spread, whole
from metst.datasets.heads.script.plan import VideoPlan
from metst.datasets.heads.script.video import Camera

NOISE_SPREAD: Final = 2.0
"""The noisiest video, beside the median one."""

JPEG: Final = 95
"""Usual quality of the images."""

STRONG_JPEG: Final = (40, 70)
STRONG_H264: Final = (23, 35)
"""Least and greatest quality, and rate factor, of the group `compression`."""

LOSSES: Final = 15.0
"""Times per minute that frames are lost where any are; at least once."""

MOST_LOST: Final = 4
"""Most frames that are lost in a row."""


def record(options: HeadsOptions, plan: VideoPlan) -> Camera:
    """Camera of a video."""
    rng = generator(options.seed, "heads", plan.subject, plan.video, "camera")
    knobs = options.knobs
    noise = knobs.noise * options.difficulty * spread(rng, NOISE_SPREAD)
    jpeg, h264 = JPEG, None
    if "compression" in plan.groups:
        if rng.random() < 0.5:
            jpeg = int(rng.integers(STRONG_JPEG[0], STRONG_JPEG[1] + 1))
        else:
            h264 = int(rng.integers(STRONG_H264[0], STRONG_H264[1] + 1))
    kept = np.arange(plan.frames, dtype=np.int32)
    if "lost" in plan.traits:
        kept = _lost(plan.frames, options.fps, rng)
    return Camera(noise, knobs.blur, jpeg, h264, kept)


def _lost(frames: int, fps: float, rng: np.random.Generator) -> NDArray[np.int32]:
    """Frame of the scene that each frame shows (T,): never falling.

    Either the last frame stands still while others are dropped, or frames are dropped first and
    made up for later by repeating one: between these the video runs ahead.
    """
    ahead = np.zeros(frames, np.int32)
    for _ in range(max(1, whole(rng, LOSSES * frames / fps / 60))):
        count = int(rng.integers(1, MOST_LOST + 1))
        begin = int(rng.integers(1, frames - 2 * MOST_LOST))
        if rng.random() < 0.5:
            ahead[begin : begin + count] = -np.arange(1, count + 1)
        else:
            length = int(rng.integers(MOST_LOST, max(MOST_LOST + 1, round(fps))))
            ahead[begin : begin + length] = count
    shown = np.clip(np.arange(frames, dtype=np.int32) + ahead, 0, frames - 1)
    kept: NDArray[np.int32] = np.maximum.accumulate(shown)
    return kept
