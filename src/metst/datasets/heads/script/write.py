"""The script of one video, from its plan."""

import numpy as np

from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.rounding import stepped
from metst.datasets.heads.script.faces import blink, show_emotions
from metst.datasets.heads.script.gaze import look
from metst.datasets.heads.script.head import move
from metst.datasets.heads.script.mouth import speak, swallow
from metst.datasets.heads.script.plan import VideoPlan
from metst.datasets.heads.script.recording import record
from metst.datasets.heads.script.scene import pass_by, shine
from metst.datasets.heads.script.video import VideoScript
from metst.datasets.heads.units import UNITS


def write_script(options: HeadsOptions, plan: VideoPlan) -> VideoScript:
    """Script of a video; equal for equal arguments, whatever was written before.

    Where several things move a face unit, their intensities add up to at most 1.
    """
    units = np.zeros((plan.frames, len(UNITS)))
    shown = show_emotions(options, plan, units) + blink(options, plan, units)
    spoken = speak(options, plan, units)
    swallowed = swallow(options, plan, units)
    pose, moved = move(options, plan, swallowed)
    gaze, looked = look(options, plan)
    light, lit = shine(options, plan)
    occluder, passed = pass_by(options, plan, shown)
    activities = [*spoken, *swallowed, *moved, *looked, *lit, *passed]
    return VideoScript(
        subject=plan.subject,
        video=plan.video,
        groups=plan.groups,
        expressions=tuple(sorted(shown, key=lambda e: (e.onset, e.offset))),
        activities=tuple(sorted(activities, key=lambda a: (a.onset, a.offset, a.kind))),
        units=stepped(np.minimum(units, 1)),
        gaze=stepped(gaze),
        pose=stepped(pose),
        light=stepped(light),
        occluder=stepped(occluder),
        camera=record(options, plan),
    )
