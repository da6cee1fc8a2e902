import numpy as np
import torch
from hypothesis import given, settings

from metst.intervals.interval import Intervals, overlap
from tests.support.naive import Row, iou, rows


@settings(deadline=None)
@given(rows(6), rows(6))
def test_overlap_counts_whole_frames(predicted: list[Row], annotated: list[Row]) -> None:
    got = overlap(Intervals.of(predicted), Intervals.of(annotated)).numpy()
    expected = [[iou(a, b) for b in annotated] for a in predicted]
    assert got.shape == (len(predicted), len(annotated))
    assert np.allclose(got, np.array(expected).reshape(got.shape), atol=1e-15)


def test_half_is_exactly_half() -> None:
    got = overlap(Intervals.of([(0, 0, 1, 0)]), Intervals.of([(0, 0, 0, 0), (0, 1, 2, 0)]))
    assert got.tolist() == [[0.5, 1 / 3]]
    assert got.dtype == torch.float64
