"""What is left of overlapping detections."""

import pytest
import torch

from metst.intervals.suppression import fused, suppressed

FOUND = torch.tensor(
    [[0.0, 10.0, 0.6, 1.0], [1.0, 11.0, 0.8, 2.0], [20.0, 30.0, 0.7, 1.0], [5.0, 5.0, 0.5, 1.0]]
)


def test_the_surest_of_those_that_overlap_stays() -> None:
    assert suppressed(FOUND, 0.2, 10, by_class=False).tolist() == FOUND[[1, 2, 3]].tolist()
    assert suppressed(FOUND, 0.2, 10, by_class=True).tolist() == FOUND[[1, 2, 0, 3]].tolist()
    assert len(suppressed(FOUND, 0.2, 2, by_class=True)) == 2
    assert suppressed(FOUND[:0], 0.2, 2, by_class=True).shape == (0, 4)


def test_clusters_are_means_weighted_by_the_squared_score() -> None:
    both, alone, point = fused(FOUND, 0.0, 0.5, lone=False)
    weight = torch.tensor([0.36, 0.64])
    assert float(both[0]) == pytest.approx(0.64)
    assert float(both[2]) == pytest.approx(float(weight.mean()))
    assert both[3] == 2  # of the surest
    assert float(alone[2]) == pytest.approx(0.49)
    assert point[:2].tolist() == [5, 5]
    assert float(fused(FOUND, 0.65, 0.5, lone=True)[1, 2]) == pytest.approx(0.7)
    assert fused(FOUND, 0.9, 0.5, lone=True).shape == (0, 4)
