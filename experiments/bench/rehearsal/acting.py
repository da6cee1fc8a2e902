"""What face and head do in a recording of a generated data set, as the rendered heads do it.

Shapes: T sub-sampled frames of a video, U face units.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metst.base.randomness import generator
from metst.datasets.generated.quantiles import CASME3_EMOTIONS, portions
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.rounding import stepped
from metst.datasets.heads.script.curves import Values, envelope, spread
from metst.datasets.heads.script.emotions import EMOTION_STRENGTH, SAMMLV_LABELS
from metst.datasets.heads.script.faces import BLINK_APEX, LIDS_CLOSED, RISE_SECONDS, blink
from metst.datasets.heads.script.head import move
from metst.datasets.heads.script.mouth import speak, swallow
from metst.datasets.heads.script.peaks import Peaks, peaks_of
from metst.datasets.heads.script.plan import PlannedExpression, VideoPlan
from metst.datasets.heads.script.plans import EVENT_SPREAD, MACRO_STRENGTH, SUBJECT_SPREAD
from metst.datasets.heads.script.recording import record
from metst.datasets.heads.script.video import Camera
from metst.datasets.heads.units import UNITS, of_both_sides
from metst.datasets.labels import Expression, Recording

_EMOTIONS: Final[Mapping[str, str]] = {
    **{label: emotion for emotion, label in SAMMLV_LABELS.items()},
    "Contempt": "others",
}
"""Label of SAMM's table -> key of the face units; the labels of CAS(ME)^3 are keys."""


@dataclass(frozen=True)
class Acted:
    """What happens in a video.

    Attributes:
        units: intensities (T, U) of the face units.
        pose: (T, 6) of the head, as in `metst.datasets.heads.script.video.VideoScript`.
        camera: how it is recorded.
    """

    units: NDArray[np.float32]
    pose: NDArray[np.float32]
    camera: Camera


def acted(recording: Recording, seed: int) -> Acted:
    """What the annotated expressions look like, with all that no table names beside them.

    That is further blinks, swallowing, head motion and, in some videos, speech. Equal for equal
    arguments.
    """
    time, key = recording.timebase, ("rehearsal", recording.subject, recording.video)
    options = HeadsOptions(layout="casme3" if time.fps == 30 else "sammlv", seed=seed)
    knobs, rng = options.knobs, generator(seed, *key, "acting")
    shares = (knobs.speech, knobs.compression, knobs.strong_motion)
    names = ("speech", "compression", "motion")
    groups = tuple(n for n, s in zip(names, shares, strict=True) if rng.random() < s)
    frames = recording.frames * time.skip
    plan = VideoPlan(recording.subject, recording.video, frames, groups, (), (), ())
    units = np.zeros((frames, len(UNITS)))
    typical = spread(generator(seed, "rehearsal", recording.subject, "strength"), SUBJECT_SPREAD)
    for one in recording.expressions:
        _show(options, one, _peaks(options, one, typical, rng), time.first, units)
    blink(options, plan, units)
    speak(options, plan, units)
    pose, _ = move(options, plan, swallow(options, plan, units))
    kept = slice(None, None, time.skip)
    face = stepped(np.minimum(units[kept], 1))
    return Acted(face, stepped(pose[kept]), record(options, plan))


def _peaks(
    options: HeadsOptions, one: Expression, typical: float, rng: np.random.Generator
) -> Peaks:
    """Intensities of an expression's face units at its apex."""
    if one.kind == "blink":
        return {name: float(rng.uniform(*LIDS_CLOSED)) for name in of_both_sides("eyeBlink")}
    if one.kind == "micro":
        emotion = _EMOTIONS.get(one.label, one.label)
        strength = options.knobs.strength / options.difficulty * typical
        strength *= EMOTION_STRENGTH[emotion] * spread(rng, EVENT_SPREAD)
    else:  # the tables name no emotion of a MaE
        emotion = portions(CASME3_EMOTIONS, _DRAWN)[int(rng.integers(_DRAWN))]
        strength = float(rng.uniform(*MACRO_STRENGTH))
    planned = PlannedExpression(emotion, 1, 0.0, min(1.0, strength))
    return peaks_of(options.knobs, planned, rng)


_DRAWN: Final = 100
"""Emotions that one is drawn from, in the proportions of the MEs."""


def _show(options: HeadsOptions, one: Expression, peaks: Peaks, first: int, units: Values) -> None:
    """Add an expression to the intensities: its units move from its onset to its offset."""
    onset, length = one.onset, one.offset - one.onset + 1
    apex = round(BLINK_APEX[0] * (length - 1)) if one.apex is None else one.apex - onset
    shape = envelope(length, apex, RISE_SECONDS[one.kind] * options.fps)
    skipped = max(0, first - onset)  # an onset of 0: before the video, or not annotated
    start = onset + skipped - first
    part = units[start : start + length - skipped]
    for name, peak in peaks.items():
        part[:, UNITS.index(name)] += peak * shape[skipped : skipped + len(part)]
