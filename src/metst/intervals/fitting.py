"""Thresholds fitted to the training subjects: those that find the annotated intervals best."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import torch
from torch import Tensor

from metst.datasets.labels.records import Kind, Recording
from metst.intervals.interval import Intervals, overlap
from metst.intervals.spans import spans

IOU = 0.5
"""Least overlap of a find."""

Constants = Mapping[str, float]
"""What a decoder is fitted to, by name; it can be written as JSON."""


def annotated(recordings: Sequence[Recording], kind: Kind) -> Intervals:
    """Annotated intervals of all videos by the `strict` rule, without a class."""
    rows = [(v, *span, -1) for v, r in enumerate(recordings) for span in spans(r, kind, "strict")]
    return Intervals.of(rows)


def finds(video: Tensor, onset: Tensor, offset: Tensor, truth: Intervals) -> Tensor:
    """The annotated interval that each proposed one finds (N,), -1 where it finds none.

    Args:
        video: (N,), of each proposed interval.
        onset: (N,).
        offset: (N,).
        truth: in the order of the videos, as `annotated` gives it.
    """
    if not len(truth):
        return torch.full_like(video, -1)
    truth = truth.to(video.device)
    # Only those of its own video: all would be gigabytes where there are thousands of both.
    most = int(truth.video.bincount().max())
    first = torch.searchsorted(truth.video.contiguous(), video.contiguous())
    places = first[:, None] + torch.arange(most, device=first.device)  # (N, most of a video)
    places = places.clamp(max=len(truth) - 1)
    best = overlap(Intervals(video, onset, offset, video), truth.take(places)).max(1)
    found = places.gather(1, best.indices[:, None])[:, 0]
    return torch.where(best.values >= IOU, found, -1)


def best_constants(
    grid: Iterable[Constants], found: Callable[[Constants], Tensor], truth: Intervals
) -> Constants:
    """The first of those constants whose intervals have the highest F1 at an IoU of 0.5.

    Args:
        grid: what is tried; the published values first, so that they stay where nothing is better.
        found: what the intervals under some constants find, as `finds` gives it.
        truth: the annotated intervals.
    """

    def f1(constants: Constants) -> float:
        each = found(constants)
        true = len(torch.unique(each[each >= 0]))  # an ME that is found twice counts once
        return 2 * true / max(1, len(each) + len(truth))

    return max(grid, key=f1)
