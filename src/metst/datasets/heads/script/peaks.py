"""Which face units show an expression, and how strongly, on either side of the face."""

import numpy as np

from metst.datasets.heads.options import Knobs
from metst.datasets.heads.script.emotions import EMOTION_UNITS
from metst.datasets.heads.script.plan import PlannedExpression
from metst.datasets.heads.units import of_both_sides

Peaks = dict[str, float]
"""Face unit with its side -> its intensity at the apex."""


def peaks_of(knobs: Knobs, planned: PlannedExpression, rng: np.random.Generator) -> Peaks:
    """Intensities of an expression's face units at the apex.

    Some are missing, one may be of another emotion, and one side of the face shows less.
    """
    shares = _of_variant(planned.emotion, rng)
    kept = [name for name in shares if rng.random() >= knobs.missing]
    if not kept:
        kept = [list(shares)[int(rng.integers(len(shares)))]]
    peaks = {name: shares[name] for name in kept}
    if rng.random() < knobs.overlap:
        others = [name for name in EMOTION_UNITS if name != planned.emotion]
        foreign = _of_variant(others[int(rng.integers(len(others)))], rng)
        name = list(foreign)[int(rng.integers(len(foreign)))]
        peaks.setdefault(name, foreign[name])
    weaker = int(rng.integers(2))  # of left and right
    lopsided = float(rng.random())
    sided: Peaks = {}
    for name, share in peaks.items():
        sides = of_both_sides(name)
        lost = knobs.asymmetry * (lopsided + float(rng.random())) / 2
        for place, side in enumerate(sides):
            sided[side] = share * (1 - lost if len(sides) > 1 and place == weaker else 1)
    most = max(sided.values())
    return {name: planned.strength * share / most for name, share in sided.items() if share}


def _of_variant(emotion: str, rng: np.random.Generator) -> dict[str, float]:
    """Shares of the units of one of an emotion's sets, each somewhat varied."""
    variants = EMOTION_UNITS[emotion]
    variant = variants[int(rng.integers(len(variants)))]
    return {name: share * float(rng.uniform(0.7, 1)) for name, share in variant.items()}
