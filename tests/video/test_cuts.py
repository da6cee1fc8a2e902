"""Cuts are found; movement, flicker and the first frame are none."""

import numpy as np
import pytest

from metst.video.cuts import LEAST, find_cuts, thumbnail


def test_a_jump_among_still_frames_is_a_cut() -> None:
    changes = np.full(60, 0.2)
    changes[0] = 0
    changes[[20, 21 + 15]] = 30.0
    assert find_cuts(changes) == (20, 36)


def test_repeated_pictures_do_not_make_movement_a_cut() -> None:
    changes = np.zeros(90)
    changes[3::3] = 4.0  # 10 pictures/s in a file of 30
    assert find_cuts(changes) == ()
    changes[45] = 40.0
    assert find_cuts(changes) == (45,)


def test_movement_over_many_frames_is_none() -> None:
    changes = np.full(60, 0.2)
    changes[20:40] = 12.0
    assert find_cuts(changes) == ()


def test_a_cut_into_movement_is_found_between_still_and_moving() -> None:
    changes = np.r_[0.0, np.full(30, 0.1), 60.0, np.full(30, 5.0)]
    assert find_cuts(changes) == (31,)


def test_small_changes_are_none_however_still_the_rest() -> None:
    changes = np.zeros(30)
    changes[10] = LEAST * 0.99
    assert find_cuts(changes) == ()


@pytest.mark.parametrize("changes", [np.zeros(0), np.array([50.0]), np.array([0.0, 50.0])])
def test_videos_of_a_few_frames(changes: np.ndarray) -> None:
    assert find_cuts(changes) == ((1,) if len(changes) == 2 else ())


def test_a_micro_expression_hardly_changes_the_thumbnail() -> None:
    rng = np.random.default_rng(0)
    frame = rng.integers(0, 255, (300, 300)).astype(np.uint8)
    other = frame.copy()
    other[100:110, 100:160] += 25  # a raised brow
    assert np.abs(thumbnail(frame) - thumbnail(other)).mean() < LEAST / 2
