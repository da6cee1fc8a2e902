"""Annotated expressions as plain spans of frames: lengths, and which samples touch them."""

from collections.abc import Callable, Iterable, Sequence
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from metst.base.errors import MetstError
from metst.datasets.labels import authors
from metst.datasets.labels.records import Kind, Recording
from metst.datasets.labels.samples import Rule, samples

Span = tuple[int, int]
"""First and last frame, 0-based and sub-sampled, both inclusive."""


def spans(recording: Recording, kind: Kind, rule: Rule) -> list[Span]:
    """Annotated expressions of a kind, in the order of the table.

    Micro-expressions as `metst.datasets.labels.samples` has them. Of other kinds, by both rules,
    those whose onset and offset are known, in order and begin inside the video.
    """
    if kind == "micro":
        return [(s.onset, s.offset) for s in samples(recording, rule)]
    first, to_frame = recording.timebase.first, recording.timebase.to_frame
    return [
        (to_frame(e.onset), to_frame(e.offset))
        for e in recording.expressions
        if e.kind == kind and first <= e.onset <= e.offset
        if not recording.frames or to_frame(e.onset) < recording.frames
    ]


def training_spans(recordings: Sequence[Recording], subject: str, kind: Kind) -> list[Span]:
    """Spans of all recordings of other subjects."""
    return [span for r in recordings if r.subject != subject for span in spans(r, kind, "strict")]


Middle = Callable[[Iterable[int]], float]
"""One length for many: `statistics.fmean`, or `median_high` (BoostingVRME)."""


def half_length_all(
    recordings: Sequence[Recording], _subject: str, kind: Kind = "micro", middle: Middle = fmean
) -> int:
    """k_p over all subjects, the held-out one included (released code).

    Raises:
        MetstError: nothing is annotated.
    """
    if kind == "micro":
        return authors.half_length(recordings, middle)
    found = [s for r in recordings for s in spans(r, kind, "authors")]
    return half_length(found, kind, middle=middle)


def half_length_training(
    recordings: Sequence[Recording], subject: str, kind: Kind = "micro", middle: Middle = fmean
) -> int:
    """k_p over the training subjects, at least 1.

    Raises:
        MetstError: nothing is annotated in their recordings.
    """
    where = f"outside of subject {subject}"
    return max(1, half_length(training_spans(recordings, subject, kind), kind, where, middle))


def half_length_by(
    rule: Rule, recordings: Sequence[Recording], subject: str, kind: Kind = "micro"
) -> int:
    """k_p by one of the two rules: `authors` over all subjects, `strict` over the training ones.

    Raises:
        MetstError: nothing is annotated there.
    """
    measure = half_length_all if rule == "authors" else half_length_training
    return measure(recordings, subject, kind)


def half_length(
    annotated: Sequence[Span], kind: Kind, where: str = "in any video", middle: Middle = fmean
) -> int:
    """k_p: int((N + 1) / 2) with N the mean, or another middle, of offset - onset.

    Raises:
        MetstError: there is no span.
    """
    if not annotated:
        msg = f"k_p: no {kind}-expression is annotated {where}; check labels"
        raise MetstError(msg)
    return int((middle([last - first for first, last in annotated]) + 1) / 2)


def touching(count: int, annotated: Sequence[Span], reach: int) -> NDArray[np.float32]:
    """1 for each sample i whose frames i ... i + reach - 1 share one with a span, else 0.

    Args:
        count: samples of the video.
        annotated: a span that ends before it begins has no frames.
        reach: frames of a sample that count.
    """
    label = np.zeros(count, np.float32)
    for first, last in annotated:
        if first <= last:
            label[max(0, first - reach + 1) : max(0, last + 1)] = 1
    return label
