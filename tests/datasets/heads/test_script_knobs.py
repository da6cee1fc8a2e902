"""Every knob of the rendered heads does what its name promises."""

from collections.abc import Callable, Mapping
from dataclasses import fields

import numpy as np
import pytest

from metst.datasets.heads.options import HeadsOptions, Knobs
from metst.datasets.heads.script import VideoScript, write_plans, write_script
from metst.datasets.heads.units import UNITS

Measure = Callable[[list[VideoScript]], float]


def made(every: int = 3, **knobs: float) -> list[VideoScript]:
    """Videos of a set with these knobs; nothing but MEs moves the face where none is given."""
    still = {"macros": 0.0, "blinks": 0.0, "swallows": 0.0, "speech": 0.0}
    options = HeadsOptions(minutes=20, micro=80, knobs=Knobs(**{**still, **knobs}))
    return [write_script(options, plan) for plan in write_plans(options)[::every]]


def apexes(scripts: list[VideoScript]) -> np.ndarray:
    """Intensities (N, U) at the apex of each ME."""
    return np.array(
        [
            s.units[e.apex - 1]
            for s in scripts
            for e in s.expressions
            if e.kind == "micro" and e.apex
        ]
    )


def difference_of_sides(scripts: list[VideoScript]) -> float:
    left = [i for i, name in enumerate(UNITS) if name.endswith("Left") and len(name) > 9]
    peaks = apexes(scripts)
    return float(np.abs(peaks[:, left] - peaks[:, [i + 1 for i in left]]).sum() / peaks.sum())


def expressions(kind: str) -> Measure:
    return lambda scripts: sum(e.kind == kind for s in scripts for e in s.expressions)


def activities(kind: str) -> Measure:
    return lambda scripts: sum(any(a.kind == kind for a in s.activities) for s in scripts)


def compressed(scripts: list[VideoScript]) -> float:
    return sum(s.camera.jpeg < 80 or s.camera.h264 is not None for s in scripts)


def motion(scripts: list[VideoScript]) -> float:
    return float(np.concatenate([np.abs(np.diff(s.pose, axis=0)) for s in scripts]).mean())


def lost(scripts: list[VideoScript]) -> float:
    return sum((s.camera.kept != np.arange(s.frames)).any() for s in scripts)


MEASURES: Mapping[str, tuple[float, float, Measure]] = {
    "strength": (0.1, 0.3, lambda scripts: float(np.median(apexes(scripts).max(axis=1)))),
    "asymmetry": (0.0, 1.0, difference_of_sides),
    "missing": (1.0, 0.0, lambda scripts: float((apexes(scripts) > 0).sum())),
    "overlap": (0.0, 1.0, lambda scripts: float((apexes(scripts) > 0).sum())),
    "macros": (0.0, 4.0, expressions("macro")),
    "blinks": (2.0, 20.0, expressions("blink")),
    "swallows": (0.0, 6.0, activities("swallowing")),
    "speech": (0.0, 0.5, activities("speech")),
    "gaze": (0.0, 1.0, activities("gaze")),
    "motion": (0.2, 1.0, motion),
    "strong_motion": (0.0, 0.8, motion),
    "lights": (0.0, 1.0, activities("light")),
    "noise": (1.0, 4.0, lambda scripts: float(np.median([s.camera.noise for s in scripts]))),
    "blur": (0.1, 0.9, lambda scripts: scripts[0].camera.blur),
    "compression": (0.0, 0.5, compressed),
    "lost": (0.0, 0.5, lost),
    "occlusion": (0.0, 0.5, activities("occlusion")),
}
"""Knob -> a value with less, one with more, and what there is less and more of."""


def test_every_knob_is_measured() -> None:
    assert set(MEASURES) == {field.name for field in fields(Knobs)}


@pytest.mark.parametrize("knob", MEASURES)
def test_a_knob_has_an_effect(knob: str) -> None:
    less, more, measure = MEASURES[knob]
    few, many = measure(made(**{knob: less})), measure(made(**{knob: more}))
    assert many > 1.2 * few
    if less == 0 and knob != "overlap" and knob != "strong_motion":
        assert few == 0


@pytest.mark.parametrize("knob", ["speech", "compression", "lights", "lost"])
def test_a_share_is_a_share_of_the_videos(knob: str) -> None:
    scripts = made(every=1, **{knob: 0.5})
    assert MEASURES[knob][2](scripts) == pytest.approx(len(scripts) / 2, abs=1)


def test_strong_motion_is_four_times_as_large() -> None:
    calm, strong = made(strong_motion=0, motion=0.1), made(strong_motion=1, motion=0.1)
    assert {s.groups for s in strong} >= {("motion",)}
    assert motion(strong) == pytest.approx(4 * motion(calm), rel=0.02)


def test_difficulty_makes_micro_expressions_weaker_and_the_rest_louder() -> None:
    easy, hard = HeadsOptions(), HeadsOptions(difficulty=2)
    a, b = (write_script(o, max(write_plans(o), key=lambda p: len(p.micro))) for o in (easy, hard))
    assert b.camera.noise == pytest.approx(2 * a.camera.noise)
    assert motion([b]) == pytest.approx(2 * motion([a]), rel=0.05)
