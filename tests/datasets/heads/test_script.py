"""Scripts of rendered heads: what is annotated is what moves, frame by frame."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from metst.base.randomness import generator
from metst.datasets.heads.options import HeadsOptions, Knobs
from metst.datasets.heads.script import VideoScript, write_plans, write_script
from metst.datasets.heads.script.curves import bump, envelope, glide, rise, wander
from metst.datasets.heads.units import UNITS
from metst.datasets.labels.records import Expression

STILL = {"macros": 0.0, "blinks": 0.0, "speech": 0.0, "swallows": 0.0}
"""Nothing but MEs moves the face."""

LAYOUTS = [HeadsOptions(), HeadsOptions(layout="sammlv", minutes=10, micro=40)]


def some(options: HeadsOptions, every: int = 6) -> list[VideoScript]:
    return [write_script(options, plan) for plan in write_plans(options)[::every]]


def overlap(one: Expression, other: Expression) -> bool:
    return one.onset <= other.offset and other.onset <= one.offset


@pytest.mark.parametrize("options", LAYOUTS, ids=lambda o: o.layout)
def test_the_face_moves_from_onset_to_offset_and_most_at_the_apex(options: HeadsOptions) -> None:
    still = replace(options, knobs=replace(options.knobs, **STILL))
    seen = 0
    for script in some(still, every=2):
        moving = (script.units > 0).any(axis=1)
        marked = np.zeros(script.frames, bool)
        for one in script.expressions:
            assert one.apex is not None
            marked[one.onset - 1 : one.offset] = True
            inside = script.units[one.onset - 1 : one.offset].max(axis=1)
            assert inside.max() == inside[one.apex - one.onset]
            seen += 1
        assert moving.tolist() == marked.tolist()
        assert not marked[[0, -1]].any()
    assert seen > 5


@pytest.mark.parametrize("options", LAYOUTS, ids=lambda o: o.layout)
def test_intensities_at_the_apex_are_the_planned_ones(options: HeadsOptions) -> None:
    still = replace(options, knobs=replace(options.knobs, **STILL))
    for plan in write_plans(still)[::6]:
        script = write_script(still, plan)
        peaks = [script.units[e.apex - 1].max() for e in script.expressions if e.apex]
        assert sorted(peaks) == pytest.approx(sorted(one.strength for one in plan.micro), abs=1e-4)


def test_frames_are_the_same_on_every_machine_and_in_any_order() -> None:
    options = HeadsOptions(micro=60, minutes=10)
    plan = write_plans(options)[7]
    script, again = write_script(options, plan), write_script(options, plan)
    for name in ("units", "gaze", "pose", "light", "occluder"):
        curve = getattr(script, name)
        assert curve.dtype == np.float32
        assert (curve * 2**16 == np.rint(curve * 2**16)).all()
        assert np.array_equal(curve, getattr(again, name))
    assert script.expressions == again.expressions
    other = write_script(replace(options, seed=2), replace(plan))
    assert not np.array_equal(other.pose, script.pose)


def test_expressions_lie_apart_unless_a_macro_is_laid_over() -> None:
    over = 0
    for script in some(HeadsOptions(), every=1):
        micro = [e for e in script.expressions if e.kind == "micro"]
        macro = [e for e in script.expressions if e.kind == "macro"]
        for same in (micro, macro, [e for e in script.expressions if e.kind == "blink"]):
            assert all(a.offset < b.onset for a, b in pairwise(same))
        over += sum(overlap(a, b) for a in micro for b in macro)
    assert over == pytest.approx(12, abs=2)


def test_labels_are_the_words_of_the_layout() -> None:
    casme3, sammlv = (
        {(e.kind, e.label, e.emotion) for s in some(o) for e in s.expressions} for o in LAYOUTS
    )
    assert ("micro", "disgust", "negative") in casme3
    assert ("micro", "Disgust", "negative") in sammlv
    assert ("macro", "disgust", None) in casme3
    assert ("blink", "", None) in casme3


def test_speech_is_where_jaw_and_lips_move() -> None:
    options = HeadsOptions(micro=40, knobs=Knobs(macros=0, swallows=0, speech=1))
    spoken = 0
    for script in some(options):
        if any(e.kind == "micro" for e in script.expressions):
            continue
        marked = np.zeros(script.frames, bool)
        for one in script.activities:
            marked[one.onset - 1 : one.offset] |= one.kind == "speech"
        assert ((script.units[:, UNITS.index("jawOpen")] > 0) == marked).all()
        spoken += int(marked.sum())
    assert spoken > 500


def test_nothing_passes_over_a_micro_expression() -> None:
    passed = 0
    for script in some(HeadsOptions(knobs=Knobs(occlusion=1)), every=2):
        hidden = script.occluder[:, 2] > 0
        passed += int(hidden.any())
        assert not any(
            hidden[e.onset - 1 : e.offset].any() for e in script.expressions if e.kind == "micro"
        )
    assert passed > 30


def test_lost_frames_show_others_nearby_and_never_go_back() -> None:
    for script in some(HeadsOptions(knobs=Knobs(lost=1))):
        kept = script.camera.kept
        assert (np.diff(kept) >= 0).all()
        assert np.abs(kept - np.arange(script.frames)).max() <= 4
        assert (np.diff(kept) == 0).any()
        assert (np.diff(kept) > 1).any()


def test_numbers_of_everything_lie_within_the_video() -> None:
    busy = Knobs(
        macros=20, blinks=60, swallows=30, speech=1, strong_motion=1, lights=1, occlusion=1, gaze=5
    )
    for script in some(HeadsOptions(knobs=busy, difficulty=3)):
        spans = [*script.expressions, *script.activities]
        assert all(1 <= one.onset <= one.offset <= script.frames for one in spans)
        assert script.units.min() == 0
        assert script.units.max() <= 1
        assert np.abs(script.pose[:, :3]).max() < np.radians(35)


def test_shapes_begin_and_end_where_they_must() -> None:
    ends = np.array([-1.0, 0.0, 1.0, 2.0])
    assert rise(ends).tolist() == glide(ends).tolist() == [0, 0, 1, 1]
    assert bump(np.array([0.0, 0.5, 1.0])).tolist() == [0, 1, 0]
    for length, apex in ((3, 1), (20, 0), (220, 60)):
        shape = envelope(length, apex, quick=12)
        assert shape[apex] == shape.max() == 1
        assert shape.min() > 0
        assert (np.diff(shape[: apex + 1]) > 0).all()
        assert (np.diff(shape[apex:]) < 0).all()


def test_slow_noise_has_no_jumps() -> None:
    noise = wander(generator(1, "test"), 600, 60, 2)
    assert 0.3 < np.abs(noise).max() <= 1
    assert np.abs(np.diff(noise, axis=0)).max() < 0.03
