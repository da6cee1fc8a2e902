"""A predictions table and the annotations it is judged by, made to fit each other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from metst.datasets.labels.findings import Finding
from metst.datasets.labels.records import EMOTIONS, NEUTRAL, Recording, Timebase
from metst.results.annotations import read_annotations
from metst.results.rows import PredictionsError, Row
from metst.results.tables import checked_rows, typed
from metst.scoring.judgment import Judgment
from metst.scoring.kinds import JudgedKind, judged_as_micro, without_emotions

Line = tuple[int, Row]
"""Line of a file and its values."""

_ALONE = "spotting alone: {}; recognition and STRS are not defined"


@dataclass(frozen=True)
class Pair:
    """Tables that fit each other.

    Attributes:
        predictions: of the kind that is judged.
        recordings: the expressions that are judged are their micro-expressions.
        emotions: classes of both tables; none where spotting alone can be judged.
        findings: predictions that do not fit their video, or the emotions of the annotations.
        notes: what was assumed, a sentence each.
    """

    predictions: pd.DataFrame
    recordings: tuple[Recording, ...]
    emotions: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def read_pair(predictions: Path, annotations: Path, kind: JudgedKind = "micro") -> Pair:
    """Read both tables of any system.

    Emotions are the four classes, or, where the annotations name others, their own words. Where a
    table names none, and for macro-expressions, spotting alone is judged. Predictions may name any
    video where the annotations do not know the length of any: such tables list no videos without
    expressions.

    Raises:
        PredictionsError: a table cannot be read or holds bad rows, or nothing is annotated.
    """
    recordings = tuple(judged_as_micro(r, kind) for r in _annotated(annotations))
    emotions = emotions_of(recordings)
    every = any(r.frames for r in recordings)  # a table with lengths lists all videos
    known = {(r.subject, r.video) for r in recordings}
    words = (*EMOTIONS, NEUTRAL) if emotions == EMOTIONS else None
    rows = checked_rows(predictions, known if every else None, words)
    used = _of_kind(rows, kind)
    notes = list(_notes(recordings, annotations, len(rows) - len(used), kind))
    findings = [*_misplaced(used, recordings, predictions), *_unlisted(used, known, predictions)]
    alone = _spotting_alone(used, recordings, kind)
    if alone:
        recordings, emotions = tuple(without_emotions(r) for r in recordings), ()
        used = [(line, {**row, "emotion": ""}) for line, row in used]
        notes.append(_ALONE.format(alone))
    else:
        findings += _unnamed(used, emotions, predictions)
        emotions += tuple(sorted({row["emotion"] for _, row in used} - {*emotions, NEUTRAL}))
    recordings += tuple(
        Recording(*key, 0, Timebase(0.0))
        for key in dict.fromkeys((row["subject"], row["video"]) for _, row in used)
        if key not in known
    )
    table = typed([row for _, row in used])
    return Pair(table, recordings, emotions, tuple(findings), tuple(notes))


def read_pair_of_run(predictions: Path, annotations: Path, how: Judgment) -> Pair:
    """Read both tables of a finished run, which knows its kind and its classes.

    Raises:
        PredictionsError: a table cannot be read or holds bad rows, or nothing is annotated.
    """
    recordings = _annotated(annotations)
    words = (*how.emotions, NEUTRAL) if how.emotions else None
    rows = checked_rows(predictions, {(r.subject, r.video) for r in recordings}, words)
    used = _of_kind(rows, how.kind)
    table, judged = how.of_kind(typed([row for _, row in used]), recordings)
    notes = list(_notes(recordings, annotations, len(rows) - len(used), how.kind))
    if not how.emotions:
        notes.append(_ALONE.format(_other_kind(how.kind) or "the run names no emotions"))
    findings = tuple(_misplaced(used, recordings, predictions))
    return Pair(table, judged, how.emotions, findings, tuple(notes))


def _of_kind(rows: Sequence[Line], kind: JudgedKind) -> list[Line]:
    return [(line, row) for line, row in rows if kind == "all" or row.get("kind", kind) == kind]


def _annotated(path: Path) -> tuple[Recording, ...]:
    recordings = read_annotations(path)
    if not recordings:
        raise PredictionsError(path, "expected rows with videos, found none after line 1")
    return recordings


def emotions_of(recordings: Sequence[Recording]) -> tuple[str, ...]:
    """The four classes, or the words that the annotations use in their place."""
    named = dict.fromkeys(e.emotion for r in recordings for e in r.micro if e.emotion)
    return EMOTIONS if set(named) <= set(EMOTIONS) else tuple(sorted(named))


def _spotting_alone(rows: Sequence[Line], recordings: Sequence[Recording], kind: JudgedKind) -> str:
    """Why spotting alone can be judged; empty where recognition can be, too."""
    if other := _other_kind(kind):
        return other
    if rows and not any(row["emotion"] for _, row in rows):
        return "the predictions name no emotions"
    micro = [e for r in recordings for e in r.micro]
    if micro and not any(e.emotion or e.label for e in micro):
        return "the annotations name no emotions"
    return ""


def _other_kind(kind: JudgedKind) -> str:
    return "" if kind == "micro" else f"of expressions of the kind {kind!r}"


def _notes(
    recordings: Sequence[Recording], path: Path, others: int, kind: JudgedKind
) -> Iterator[str]:
    if any(r.timebase.first == 0 for r in recordings):
        yield f"{path.name}: the first frame of a video has the number 0"
    if not all(r.frames for r in recordings):
        yield f"{path.name}: the length of some videos is not known; nothing is beyond their end"
    if others:
        yield f"{others} predictions of another kind than {kind} are not judged"


def _misplaced(
    rows: Sequence[Line], recordings: Sequence[Recording], path: Path
) -> Iterator[Finding]:
    """Predictions that have no frame of their video. They count as false positives."""
    videos = {(r.subject, r.video): r for r in recordings if r.frames}
    for line, row in rows:
        recording = videos.get((row["subject"], row["video"]))
        if recording is None:
            continue
        first, last = (recording.timebase.to_number(f) for f in (0, recording.frames - 1))
        if float(row["onset"]) > last or float(row["offset"]) < first:
            message = f"the prediction lies outside of its video, which has frames {first}-{last}"
            yield _about(line, row, "outside-video", message, path)


def _unlisted(rows: Sequence[Line], known: set[tuple[str, str]], path: Path) -> Iterator[Finding]:
    for line, row in rows:
        if (row["subject"], row["video"]) not in known:
            message = "the prediction is in a video that the annotations do not list"
            yield _about(line, row, "unlisted-video", message, path)


def _unnamed(rows: Sequence[Line], emotions: Sequence[str], path: Path) -> Iterator[Finding]:
    """Emotions that only predictions name: never right."""
    number = Counter(row["emotion"] for _, row in rows)
    seen: set[str] = {*emotions, NEUTRAL}
    for line, row in rows:
        emotion = row["emotion"]
        if emotion not in seen:
            seen.add(emotion)
            message = (
                f"no annotation has the emotion {emotion!r} of {number[emotion]} predictions; "
                f"annotated are {', '.join(emotions)}"
            )
            yield _about(line, row, "unmapped-emotion", message, path)


def _about(line: int, row: Row, code: str, message: str, path: Path) -> Finding:
    frames = int(float(row["onset"])), int(float(row["offset"]))
    return Finding(code, message, path, line, row["subject"], row["video"], frames)
