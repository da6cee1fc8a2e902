"""What the face does that is annotated: MEs, MaEs and blinks as intensities of face units."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from metst.base.randomness import generator
from metst.datasets.casme3 import CASME3
from metst.datasets.generated.quantiles import CASME3_LENGTHS
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.rounding import STEP, stepped
from metst.datasets.heads.script.curves import Values, envelope, spread, whole
from metst.datasets.heads.script.emotions import SAMMLV_LABELS
from metst.datasets.heads.script.peaks import Peaks, peaks_of
from metst.datasets.heads.script.place import GAP_SECONDS, Placed, apart, placed, room
from metst.datasets.heads.script.plan import PlannedExpression, VideoPlan
from metst.datasets.heads.units import UNITS, of_both_sides
from metst.datasets.labels.records import Expression, Kind

RISE_SECONDS: Final[Mapping[Kind, float]] = {"micro": 0.4, "macro": 0.8, "blink": 0.5}
"""Time in which most of the rise of an expression is done, however long it lasts, s."""

BLINK_SPREAD: Final = 1.8
"""The subject that blinks most does it so many times as often as the median one."""

QUICKEST_SECONDS: Final = 0.04
"""No skin jumps: the apex is at least as far from the onset and from the offset, s."""

LIDS_CLOSED: Final = (0.9, 1.0)
LIDS_HALF: Final = (0.3, 0.7)
"""Least and greatest intensity of a whole blink and of a partial one."""

BLINK_APEX: Final = (0.3, 0.45)
"""Earliest and latest place of the apex: lids close faster than they open."""

PARTIAL: Final = 0.15
"""Share of the blinks that close the eyes in part only."""


def show_emotions(options: HeadsOptions, plan: VideoPlan, units: Values) -> list[Expression]:
    """Add the MEs and MaEs of a video to the intensities (T, U); returns their annotations."""
    rng = generator(options.seed, "heads", plan.subject, plan.video, "expressions")
    shown = []
    for one in placed(options, plan, rng):
        peaks = peaks_of(options.knobs, one.planned, rng)
        shown.append(_show(options, plan, one, peaks, units))
    return shown


def blink(options: HeadsOptions, plan: VideoPlan, units: Values) -> list[Expression]:
    """Add the blinks of a video to the intensities (T, U); returns their annotations."""
    rate = options.knobs.blinks * spread(
        generator(options.seed, "heads", plan.subject, "blinks"), BLINK_SPREAD
    )
    rng = generator(options.seed, "heads", plan.subject, plan.video, "blinks")
    count = whole(rng, rate * plan.frames / options.fps / 60)
    drawn = np.rint(CASME3_LENGTHS["blink"].drawn(count, rng) * options.fps / 30)
    lengths = [int(length) for length in drawn]
    gap = round(GAP_SECONDS * options.fps)
    while room(lengths, gap) + gap > plan.frames:
        lengths.pop()
    shown = []
    for start, length in zip(apart(lengths, plan.frames, gap, rng), lengths, strict=True):
        closed = float(rng.uniform(*(LIDS_HALF if rng.random() < PARTIAL else LIDS_CLOSED)))
        planned = PlannedExpression("", length, float(rng.uniform(*BLINK_APEX)), closed)
        peaks = {name: closed * float(rng.uniform(0.97, 1)) for name in of_both_sides("eyeBlink")}
        shown.append(_show(options, plan, Placed("blink", planned, start), peaks, units))
    return shown


def _show(
    options: HeadsOptions, plan: VideoPlan, one: Placed, peaks: Peaks, units: Values
) -> Expression:
    """Add an expression to the intensities: its units move from its onset to its offset."""
    length, start = one.planned.frames, one.start
    quickest = min(round(QUICKEST_SECONDS * options.fps), (length - 1) // 2)
    apex = min(max(round(one.planned.apex * (length - 1)), quickest), length - 1 - quickest)
    shape = envelope(length, apex, RISE_SECONDS[one.kind] * options.fps)
    for name, peak in peaks.items():
        units[start : start + length, UNITS.index(name)] += np.maximum(stepped(peak * shape), STEP)
    emotion = one.planned.emotion
    label = SAMMLV_LABELS.get(emotion, "") if options.layout == "sammlv" else emotion
    return Expression(
        subject=plan.subject,
        video=plan.video,
        onset=start + 1,
        apex=start + apex + 1 if one.kind != "blink" else None,
        offset=start + length,
        kind=one.kind,
        emotion=CASME3.emotions().class_of(emotion) if one.kind == "micro" else None,
        label=label,
    )
