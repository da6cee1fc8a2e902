import numpy as np
import pytest
import torch

from metst.base.errors import MetstError
from metst.datasets.labels.records import Expression, Recording, Timebase
from metst.features.windows import window_starts
from metst.intervals.synergy import Motion, motion_threshold, speed_curves

K = 10


def recording(video: str, frames: int, *spans: tuple[int, int]) -> Recording:
    expressions = tuple(
        Expression("1", video, on + 1, (on + off) // 2 + 1, off + 1, emotion="others")
        for on, off in spans
    )
    return Recording("1", video, frames, Timebase(30.0), expressions)


def flow_of(curve: np.ndarray) -> torch.Tensor:
    """Windows (W, C, k) of displacements (C, L), each measured from its first frame."""
    starts = window_starts(curve.shape[1], K, tail=True)
    windows = [curve[:, s : s + K] - curve[:, s, None] for s in starts]
    return torch.from_numpy(np.array(windows, dtype=np.float32))


def test_speed_of_a_steady_motion_is_steady() -> None:
    steady = np.outer([0.3, -0.4, 0.0, 0.0], np.arange(53.0))
    flow = flow_of(steady)
    speed = speed_curves(flow, (len(flow),), (recording("a", 53),), K)
    expected = np.sqrt((0.3**2 + 0.4**2) / 4)
    assert np.allclose(speed.numpy(), expected, atol=1e-6)


def test_a_jump_is_seen_where_it_happens() -> None:
    jump = np.zeros((2, 60))
    jump[:, 33:] = 2.0
    flow = flow_of(jump)
    speed = speed_curves(flow, (len(flow),), (recording("a", 60),), K)[0]
    assert int(speed.argmax()) == 33
    assert float(speed[33]) == pytest.approx(2.0)
    assert not speed[:33].any()
    assert not speed[34:].any()


def test_the_threshold_is_a_quantile_of_the_annotated_mes() -> None:
    speed = torch.zeros(2, 60, dtype=torch.float64)
    peaks = {(0, 12): 1.0, (0, 33): 2.0, (1, 20): 3.0, (1, 50): 40.0}
    for (video, frame), value in peaks.items():
        speed[video, frame] = value
    recordings = (recording("a", 60, (10, 15), (30, 40)), recording("b", 60, (20, 22)))
    assert motion_threshold(speed, recordings, quantile=1.0) == 3.0  # the 40 is in no ME
    assert motion_threshold(speed, recordings, quantile=0.5) == 2.0
    motion = Motion(speed, 2.5)
    video, onset, offset = torch.tensor([[0, 30, 40], [1, 15, 20], [1, 45, 70], [0, -5, 3]]).T
    assert motion.noisy(video, onset, offset, 26).tolist() == [False, True, True, False]


def test_most_videos_have_no_me() -> None:
    """As in CAS(ME)^3: fewer MEs than videos, and the only one is in the last of them."""
    speed = torch.zeros(7, 60, dtype=torch.float64)
    speed[:6] = 9.0
    speed[6, 30] = 2.0
    recordings = (*(recording(name, 60) for name in "abcdef"), recording("g", 60, (28, 33)))
    assert motion_threshold(speed, recordings) == 2.0


@pytest.mark.parametrize("found", [[], [6], [5, 6], [0, 0, 0, 0, 0, 0, 0, 0, 6]])
def test_candidates_may_be_fewer_or_more_than_videos(found: list[int]) -> None:
    speed = torch.zeros(7, 60, dtype=torch.float64)
    speed[6, 59] = 2.0  # the last frame of the last video: neither index may run over
    video = torch.tensor(found, dtype=torch.int64)
    onset, offset = torch.full_like(video, 50), torch.full_like(video, 70)
    noisy = Motion(speed, 1.0).noisy(video, onset, offset, 21)
    assert noisy.tolist() == [v == 6 for v in found]


def test_a_threshold_needs_annotated_mes() -> None:
    with pytest.raises(MetstError, match="no micro-expression"):
        motion_threshold(torch.zeros(1, 60), (recording("a", 60),))
