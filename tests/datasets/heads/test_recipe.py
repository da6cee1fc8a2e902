"""Recipe 1 is frozen: who changes what it draws has to raise `RECIPE`, and these digests."""

import hashlib
from itertools import islice

import pytest

from metst.datasets.heads.camera import noisy
from metst.datasets.heads.folder import RECIPE
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.render.film import frames
from metst.datasets.heads.script import VideoPlan, write_plans, write_script

FRAMES = 3

KNOWN = {
    1: ("cc442b70d3df4fa8", "46335fdb13f62246"),
    2: ("cb43ce835656aa45", "92c3baad1c132112"),
}
"""Seed -> digest of its plans, and of the first frames of three videos."""


@pytest.mark.parametrize("seed", KNOWN)
def test_labels_and_pixels_are_those_of_the_recipe(seed: int) -> None:
    options = HeadsOptions(seed=seed)
    plans = write_plans(options)
    labels = hashlib.sha256(repr([_labels(plan) for plan in plans]).encode())
    pixels = hashlib.sha256()
    for plan in (plans[0], plans[len(plans) // 2], plans[-1]):
        script = write_script(options, plan)
        for frame in islice(noisy(seed, script, frames(options, script)), FRAMES):
            pixels.update(frame.data)
    assert RECIPE == 1
    assert (labels.hexdigest()[:16], pixels.hexdigest()[:16]) == KNOWN[seed]


def _labels(plan: VideoPlan) -> tuple[object, ...]:
    """What of a plan is no fraction, whose last digits may depend on the machine."""
    shown = [(e.emotion, e.frames) for e in (*plan.micro, *plan.macro)]
    return plan.subject, plan.video, plan.frames, plan.groups, plan.traits, shown
