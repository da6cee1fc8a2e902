"""Intervals of several regions and segments become those of a video."""

from collections.abc import Sequence

from metst.features.of_fd import constants as c
from metst.features.of_fd.constants import Constants
from metst.features.of_fd.curves import Span


def merged(spans: Sequence[Span], least: float) -> list[Span]:
    """Each span in order is united with those before that it overlaps, or joins them.

    Args:
        spans: the spans.
        least: share of the shorter of two spans that must be common, not inclusive.
    """
    united: list[Span] = []
    for start, end in spans:
        alone = True
        for i, (first, last) in enumerate(united):
            shorter = min(end - start, last - first)
            if shorter > 0 and (min(end, last) - max(start, first)) / shorter > least:
                united[i], alone = (min(start, first), max(end, last)), False
        if alone:
            united.append((start, end))
    return united


def merged_twice(spans: Sequence[Span], least: float) -> list[Span]:
    """A span may overlap others only after it was united with some."""
    return merged(merged(spans, least), least)


def of_video(spans: Sequence[Span], limits: Constants) -> list[Span]:
    """Intervals of a video from those of its segments, in order."""
    fitting = [s for s in spans if limits.shortest <= s[1] - s[0] <= limits.longest]
    return merged_twice(fitting, limits.merge)


def step(hits: Sequence[Span]) -> int:
    """Frames from the start of a segment to that of the next one.

    Half a segment, unless an interval would be cut there.

    Args:
        hits: intervals of the segment, counted from its start.
    """
    half, frames = c.LENGTH // 2, c.LENGTH // 2
    for start, end in hits:
        if start < half < end:
            if end < 150:
                frames = end + 20
            elif start > 50:
                frames = start - 20
            else:
                frames = min(189, end) + 10
    return frames
