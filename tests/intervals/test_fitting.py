"""Which annotated interval a proposed one finds."""

import torch
from hypothesis import given, settings
from torch import Tensor

from metst.intervals.fitting import IOU, finds
from metst.intervals.interval import Intervals
from tests.support.naive import Row, iou, rows
from tests.support.peak import peak


@settings(deadline=None)
@given(rows(6), rows(6))
def test_finds_as_compared_with_all(proposed: list[Row], annotated: list[Row]) -> None:
    truth = sorted(annotated, key=lambda row: row[0])
    each = Intervals.of(proposed)
    found = finds(each.video, each.onset, each.offset, Intervals.of(truth)).tolist()
    expected = []
    for row in proposed:
        shared = [iou(row, other) for other in truth]
        best = max(range(len(truth)), key=shared.__getitem__, default=-1)  # the first such
        expected.append(best if best >= 0 and shared[best] >= IOU else -1)
    assert found == expected


def test_memory_does_not_grow_with_the_pairs_of_all_videos() -> None:
    proposed, truth = _many(10_000), _many(3_300)

    def find() -> None:
        found = finds(proposed.video, proposed.onset, proposed.offset, truth)
        assert (found >= 0).any()

    assert peak(find) < 200 * 2**20  # 2 GB where all are compared with all


def _many(count: int) -> Intervals:
    draw = torch.Generator().manual_seed(count)

    def numbers(low: int, high: int) -> Tensor:
        return torch.randint(low, high, (count,), generator=draw)

    video, onset = numbers(0, 1_300).sort().values, numbers(0, 1_900)
    return Intervals(video, onset, onset + numbers(8, 60), torch.full_like(video, -1))
