"""Where the eyes look: fixations, and quick turns (saccades) between them."""

from typing import Final

import numpy as np

from metst.base.randomness import generator
from metst.datasets.conditions import Activity
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.script.curves import Values, glide, spread
from metst.datasets.heads.script.head import DEGREE
from metst.datasets.heads.script.plan import VideoPlan

FAR: Final = (14 * DEGREE, 8 * DEGREE)
"""Farthest that the eyes look to the side and up or down, rad: about a screen's size."""

NEAR: Final = 0.3
"""Most fixations lie within this share of the farthest."""

MOST: Final = 0.7
"""Share of the fixations that do."""

FIXATION_SECONDS: Final = 0.8
FIXATION_SPREAD: Final = 3.0
"""Median duration of a fixation on a film, s, and how many times as long the longest is."""

SACCADE_SECONDS: Final = (0.021, 0.0022 / DEGREE)
"""Duration of a turn: a constant in s, and more in s per rad (Carpenter 1988)."""

LARGE: Final = 10 * DEGREE
"""From here a turn is an activity, rad."""

LIMIT: Final = 30 * DEGREE
"""The eyes turn no farther, rad."""


def look(options: HeadsOptions, plan: VideoPlan) -> tuple[Values, list[Activity]]:
    """Turn of the eyes (T, 2) in each frame, and the large turns."""
    rng = generator(options.seed, "heads", plan.subject, plan.video, "gaze")
    frames, fps = plan.frames, options.fps
    gaze = np.zeros((frames, 2))
    large = []
    place, time = np.zeros(2), 0.0
    numbers = np.arange(frames)
    while time < frames:
        target = rng.uniform(-1, 1, 2) * FAR * (NEAR if rng.random() < MOST else 1)
        target = np.clip(options.knobs.gaze * target, -LIMIT, LIMIT)
        turn = target - place
        angle = float(np.sqrt(turn[0] * turn[0] + turn[1] * turn[1]))
        length = (SACCADE_SECONDS[0] + SACCADE_SECONDS[1] * angle) * fps
        gaze += glide((numbers - time) / length)[:, None] * turn
        if angle > LARGE:
            first, last = int(time) + 1, int(np.ceil(time + length))
            if first < frames:
                large.append(Activity("gaze", first + 1, min(last, frames - 1) + 1))
        place = target
        time += length + FIXATION_SECONDS * spread(rng, FIXATION_SPREAD) * fps
    return gaze, large
