"""Rows to samples by the corrected rules: a sample and its emotion are one record.

Every video counts, also one without any micro-expression. A row is left out only where it does not
specify which frames show which emotion, and the reason is kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from metst.datasets.labels.dropped import Dropped
from metst.datasets.labels.records import Expression, Recording

REVERSED = "onset-after-offset", "it ends before it begins"
"""Code and reason."""


@dataclass(frozen=True)
class StrictSamples:
    """Usable and dropped micro-expressions of one video, each in the order of the table."""

    expressions: tuple[Expression, ...]
    dropped: tuple[Dropped, ...]


def strict_samples(recording: Recording) -> StrictSamples:
    """Sort the micro-expressions of a recording into usable and dropped ones.

    An offset beyond the last frame stays as it is annotated, as long as the onset is inside.
    """
    usable: list[Expression] = []
    gone: list[Dropped] = []
    for e in recording.micro:
        reason = _reason(e, recording) or _duplicate(e, usable)
        if reason is None:
            usable.append(e)
        else:
            code, why = reason
            gone.append(Dropped("row", e.subject, e.video, e.row, why, code))
    return StrictSamples(tuple(usable), tuple(gone))


def dropped(recordings: Iterable[Recording]) -> list[Dropped]:
    """Every row that is left out, with the reason; videos and subjects never are."""
    return [row for recording in recordings for row in strict_samples(recording).dropped]


def _reason(e: Expression, recording: Recording) -> tuple[str, str] | None:
    """Code and reason of a row that cannot be used; None where it can."""
    timebase = recording.timebase
    if e.emotion is None:
        return emotion_problem(e)
    if e.onset < timebase.first or e.offset < timebase.first:
        return "zero-frame", "onset or offset is zero or missing, so its interval is unknown"
    if e.offset < e.onset:
        return REVERSED
    if recording.frames and timebase.to_frame(e.onset) >= recording.frames:
        last = timebase.to_number(recording.frames - 1)
        return "outside-video", f"it begins after the last frame, {last}"
    return None


def emotion_problem(e: Expression) -> tuple[str, str]:
    """Code and reason of a row without an emotion class."""
    if e.label:
        return "unmapped-emotion", f"emotion {e.label!r} belongs to no class"
    return "no-emotion", "no emotion is named"


def _duplicate(e: Expression, usable: Iterable[Expression]) -> tuple[str, str] | None:
    for other in usable:
        if (e.onset, e.offset, e.emotion) == (other.onset, other.offset, other.emotion):
            earlier = f"row {other.row}" if other.row else "an earlier row"
            return "duplicate-row", f"the same as {earlier}"
    return None
