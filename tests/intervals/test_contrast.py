"""Intervals by their contrast, against a plain reading of the definition."""

import numpy as np
import pytest
import torch

from metst.base.randomness import generator
from metst.datasets.labels.records import Recording, Timebase
from metst.intervals.contrast import LEAST, OVERLAP, contrast, get_decoder, half_lengths, intervals
from metst.intervals.stitching import Curves

K_P = 10


def box(frames: int, first: int, last: int, height: float = 1.0) -> np.ndarray:
    score = np.zeros(frames)
    score[first : last + 1] = height
    return score


@pytest.mark.parametrize("half", [1, 4, 9])
def test_contrast_is_inside_less_the_higher_side(half: int) -> None:
    score = generator(1, "contrast").uniform(size=40)
    beside = max(1, round(half / 2))
    longer = np.pad(score, 60, mode="edge")
    for frame, found in enumerate(contrast(score, half)):
        at = frame + 60
        inside = longer[at - half : at + half + 1].mean()
        before = longer[at - half - beside : at - half].mean()
        behind = longer[at + half + 1 : at + half + 1 + beside].mean()
        assert found == pytest.approx(inside - max(before, behind), abs=1e-8)


@pytest.mark.parametrize("half", half_lengths(K_P))
def test_the_length_is_that_of_what_stands_out(half: int) -> None:
    ((onset, offset, height),) = intervals(box(200, 90 - half, 90 + half), K_P, LEAST)
    assert (onset, offset, height) == (90 - half, 90 + half, 1)


def test_a_step_and_a_constant_score_have_no_interval() -> None:
    for score in (np.full(200, 0.9), box(200, 100, 199), box(200, 0, 99), np.zeros(0)):
        assert len(intervals(score, K_P, LEAST)) == 0


def test_every_video_needs_the_same_contrast() -> None:
    low, high = box(200, 30, 50, LEAST - 0.01), box(200, 130, 150, LEAST + 0.01)
    assert len(intervals(low, K_P, LEAST)) == 0
    assert intervals(low + high, K_P, LEAST)[:, :2].tolist() == [[130, 150]]


def test_intervals_hardly_overlap_and_lie_in_the_video() -> None:
    score = generator(2, "contrast").uniform(size=600)
    found = intervals(score, K_P, 0.05)
    assert len(found) > 5
    assert found[:, 0].min() >= 0
    assert found[:, 1].max() < 600
    assert (np.diff(found[:, 0]) >= 0).all()
    for i, (onset, offset, _) in enumerate(found):
        for first, last, _ in found[i + 1 :]:
            shared = max(0, min(offset, last) - max(onset, first) + 1)
            assert shared / (offset - onset + last - first + 2 - shared) <= OVERLAP


def test_a_decoder_takes_videos_of_any_length() -> None:
    recordings = [Recording("1", str(n), n, Timebase(30.0), ()) for n in (200, 5)]
    score = torch.from_numpy(np.stack([box(200, 80, 100), np.zeros(200)]))
    curves = Curves(score, score.new_zeros(2, 200, 0), torch.tensor([200, 5]))
    found = get_decoder("strict", k=20).propose(curves, recordings, K_P)
    ends = [x.tolist() for x in (found.video, found.onset, found.apex, found.offset, found.score)]
    assert ends == [[0], [80], [90], [100], [1]]
    assert found.curves is not None
    assert found.curves.threshold.tolist() == [LEAST, LEAST]
    assert float(found.curves.smoothed.max()) == 1
