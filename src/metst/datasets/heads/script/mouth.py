"""What mouth and jaw do besides expressions: speech and swallowing, which are not annotated."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from metst.base.randomness import generator
from metst.datasets.conditions import Activity
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.script.curves import Values, bump, whole
from metst.datasets.heads.script.plan import VideoPlan
from metst.datasets.heads.units import UNITS, of_both_sides

UTTERANCE: Final = (1.0, 6.0)
"""Shortest and longest utterance, s."""

PAUSE: Final = (0.4, 3.0)
"""Shortest and longest pause between two, s."""

SYLLABLES: Final = (3.0, 6.0)
"""Least and greatest number per second: Pellegrino, Coupe & Marsico, Language 2011."""

UNEVEN: Final = (0.7, 1.3)
"""Shortest and longest syllable, beside the mean of a speaker."""

OVERLAP: Final = 1.4
"""Duration of a syllable's movement by the time between two: they run into each other."""

JAW: Final = (0.08, 0.4)
"""Least and greatest opening of the jaw in a syllable."""

VISEMES: Final[tuple[Mapping[str, float], ...]] = (
    {"mouthFunnel": 0.5, "mouthPucker": 0.2},
    {"mouthPucker": 0.6},
    {"mouthStretch": 0.3, "mouthLowerDown": 0.3},
    {"mouthLowerDown": 0.5, "mouthUpperUp": 0.2},
    {"mouthClose": 0.3, "mouthPress": 0.3},
    {"mouthRollLower": 0.3, "mouthUpperUp": 0.15},
    {"mouthSmile": 0.15, "mouthStretch": 0.2},
)
"""What the lips do in a syllable, beside the jaw: face unit -> its greatest intensity."""

SWALLOW: Final[Mapping[str, float]] = {
    "mouthPress": 0.35,
    "mouthShrugLower": 0.35,
    "mouthShrugUpper": 0.2,
    "jawForward": 0.15,
}
"""Face units of swallowing at their greatest."""

SWALLOW_SECONDS: Final = (0.6, 1.2)


def speak(options: HeadsOptions, plan: VideoPlan, units: Values) -> list[Activity]:
    """Add the speech of a video to the intensities (T, U), where it has any."""
    if "speech" not in plan.groups:
        return []
    rng = generator(options.seed, "heads", plan.subject, plan.video, "speech")
    seconds = plan.frames / options.fps
    rate = float(rng.uniform(*SYLLABLES))
    spoken = []
    time = float(rng.uniform(0, min(PAUSE[1], seconds / 4)))
    while seconds - time > UTTERANCE[0]:
        end = min(time + float(rng.uniform(*UTTERANCE)), seconds)
        onset, offset = round(time * options.fps), round(end * options.fps)
        moved = _utterance(units[onset:offset], rate / options.fps, rng)
        spoken.append(Activity("speech", onset + 1, onset + moved))
        time = end + float(rng.uniform(*PAUSE))
    return spoken


def _utterance(units: Values, rate: float, rng: np.random.Generator) -> int:
    """Add as many syllables as there is time for to the intensities (N, U) of an utterance.

    Args:
        units: where to.
        rate: syllables per frame.
        rng: draws them.

    Returns:
        Number of frames from the first to the last that moves.
    """
    start, end = 0.0, 0
    length = float(rng.uniform(*UNEVEN)) / rate
    while start + OVERLAP * length <= len(units):
        # Counted from one frame before, so that the first frame moves.
        begin, end = int(start), int(start + OVERLAP * length)
        shape = bump((np.arange(begin, end) + 1 - start) / (OVERLAP * length + 1))
        viseme = VISEMES[int(rng.integers(len(VISEMES)))]
        loud = float(rng.uniform(0.4, 1))
        units[begin:end, UNITS.index("jawOpen")] += float(rng.uniform(*JAW)) * shape
        for name, most in viseme.items():
            for side in of_both_sides(name):
                units[begin:end, UNITS.index(side)] += loud * most * shape
        start += length
        length = float(rng.uniform(*UNEVEN)) / rate
    return end


def swallow(options: HeadsOptions, plan: VideoPlan, units: Values) -> list[Activity]:
    """Add swallowing to the intensities (T, U); the head nods along in `head.py`."""
    rng = generator(options.seed, "heads", plan.subject, plan.video, "swallowing")
    count = whole(rng, options.knobs.swallows * plan.frames / options.fps / 60)
    swallowed = []
    for _ in range(count):
        length = min(round(float(rng.uniform(*SWALLOW_SECONDS)) * options.fps), plan.frames)
        start = int(rng.integers(plan.frames - length + 1))
        shape = bump((np.arange(length) + 1) / (length + 1)) * float(rng.uniform(0.5, 1))
        for name, most in SWALLOW.items():
            for side in of_both_sides(name):
                units[start : start + length, UNITS.index(side)] += most * shape
        swallowed.append(Activity("swallowing", start + 1, start + length))
    return swallowed
