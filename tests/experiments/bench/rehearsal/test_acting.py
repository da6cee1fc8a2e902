"""What is annotated in a generated recording moves the face, and nothing else is taken for it."""

import numpy as np
import pytest

from experiments.bench.rehearsal.acting import acted
from experiments.bench.rehearsal.flow import features
from metst.datasets.heads.units import UNITS
from metst.datasets.labels import Expression, Kind, Recording, Timebase

CASME3, SAMMLV = Timebase(fps=30.0), Timebase(fps=200.0, skip=7)
BROWS = [UNITS.index(f"{name}{side}") for name in ("browDown", "browOuterUp") for side in
         ("Left", "Right")] + [UNITS.index("browInnerUp")]  # fmt: skip
"""No speech, blink or swallowing moves them."""


def video(
    name: str,
    label: str,
    onset: int = 40,
    offset: int = 60,
    kind: Kind = "micro",
    time: Timebase = CASME3,
) -> Recording:
    apex = (max(onset, 1) + offset) // 2
    shown = Expression("spNO.1", name, onset, apex, offset, kind, None, label)
    return Recording("spNO.1", name, 120, time, (shown,))


def test_brows_move_from_onset_to_offset_of_a_surprise_and_at_no_other_time() -> None:
    peaks = []
    for name in "abcdefgh":
        brows = acted(video(name, "surprise"), 1).units[:, BROWS].max(axis=1)
        assert not brows[:39].any()
        assert not brows[60:].any()
        peaks.append(brows[39:60].max())
    assert np.count_nonzero(peaks) >= 4  # units may be missing
    assert 0.1 < max(peaks) <= 1


@pytest.mark.parametrize("label", ["Anger", "Happiness", "Other", "Surprise", "Contempt", "Fear"])
def test_labels_of_the_other_table_are_acted_on_its_time_base(label: str) -> None:
    happens = acted(video("006_1", label, 400, 470, time=SAMMLV), 1)
    assert happens.units.shape == (120, len(UNITS))
    assert happens.units[57:68].any()


def test_an_expression_whose_onset_is_not_annotated_begins_with_the_video() -> None:
    brows = np.array([
        acted(video(name, "", 0, 50, "macro"), 1).units[:, BROWS].max(axis=1) for name in "abcdefgh"
    ])  # fmt: skip
    assert brows[:, 0].any()
    assert not brows[:, 50:].any()


def test_equal_seeds_give_equal_flow_and_others_do_not() -> None:
    one, same, other = (features(video("a", "sad"), 50, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.arrays["windows"], same.arrays["windows"])
    assert not np.array_equal(one.arrays["windows"], other.arrays["windows"])


def test_a_video_shorter_than_a_window_has_none() -> None:
    short = Recording("spNO.1", "a", 30, CASME3)
    assert features(short, 50, 1).arrays["windows"].shape == (0, 10, 50)
