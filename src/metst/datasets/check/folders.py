"""Checks of the video folders against the label tables; only file names are read."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from metst.datasets.base import DataSet, VideoFolder
from metst.datasets.check.names import name_findings
from metst.datasets.labels.annotations import Annotations, VideoKey
from metst.datasets.labels.findings import Finding, about
from metst.datasets.labels.records import Expression

Range = tuple[int, int]
"""First and last number, both inclusive."""

MAX_RANGES = 8
"""Ranges of frames that a message spells out before it only counts."""


def folder_findings(
    folders: Sequence[VideoFolder], annotations: Annotations, data: DataSet
) -> Iterator[Finding]:
    """Folders without annotation, annotations without folder, missing frames, wrong frames."""
    found = annotations.by_video(folder.key for folder in folders)
    for folder in folders:
        expressions = found[folder.key]
        if not expressions:
            yield _at(folder, "no-annotation", "nothing is annotated in this video")
        yield from _frames(folder, expressions, annotations, data)
    yield from orphans(annotations, found)
    yield from name_findings(folder.key for folder in folders)


def ranges(numbers: Iterable[int]) -> list[Range]:
    """Runs of consecutive numbers."""
    found: list[Range] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def ranges_text(found: Sequence[Range]) -> str:
    """Ranges as text: `1-7, 30`, cut after a few."""
    words = [str(a) if a == b else f"{a}-{b}" for a, b in found[:MAX_RANGES]]
    more = [f"{len(found) - MAX_RANGES} more ranges"] if len(found) > MAX_RANGES else []
    return ", ".join(words + more)


def _frames(
    folder: VideoFolder, expressions: Sequence[Expression], annotations: Annotations, data: DataSet
) -> Iterator[Finding]:
    for code, message in folder.remarks:
        yield _at(folder, code, message)
    if not folder.names:
        if not folder.remarks:
            yield _at(folder, "no-images", "holds no image")
        return
    missing = list(_gaps(folder.numbers, data))
    if missing:
        first, last = missing[0][0], missing[-1][1]
        count = folder.numbers[-1] - min(first, folder.numbers[0]) + 1
        message = f"{_size(missing)} of {count} frame numbers are missing: {ranges_text(missing)}"
        if not data.by_name:
            message += "; frames are counted by their order, so all after these count too low"
        yield _at(folder, "frame-gap", message, (first, last))
    last = data.last_number(folder.names)
    for e in expressions:
        yield from _in_video(e, last, missing, annotations)


def _gaps(numbers: Sequence[int], data: DataSet) -> Iterator[Range]:
    """Ranges of missing numbers, up to the highest that is there."""
    before = numbers[:1] if not data.by_name else (data.timebase.first - 1,)
    for earlier, later in pairwise((*before, *numbers)):
        if later > earlier + 1:
            yield earlier + 1, later - 1


def _size(found: Sequence[Range]) -> int:
    return sum(last - first + 1 for first, last in found)


def _in_video(
    e: Expression, last: int, missing: Sequence[Range], annotations: Annotations
) -> Iterator[Finding]:
    """Whether the frames of an annotation exist; `last` is the own number of the last frame."""
    path = annotations.files.get(e.kind)
    yield from outside(e, last, path)
    lost = [(max(a, e.onset), min(b, e.offset)) for a, b in missing if e.kind == "micro"]
    lost = [(a, b) for a, b in lost if a <= b]
    if lost:
        message = f"{_size(lost)} of its frames are missing: {ranges_text(lost)}"
        yield about(e, "gap-in-me", message, path)


def outside(e: Expression, last: int, path: Path | None) -> Iterator[Finding]:
    """Whether an annotation of the table `path` lies in its video, of which `last` is the end."""
    beyond = max(e.onset, e.offset, e.apex or 0) - last
    if beyond > 0:
        how = "begins" if e.onset > last else "ends"
        yield about(e, "outside-video", f"{how} after the last frame, {last}", path, beyond)


def orphans(
    annotations: Annotations, found: dict[VideoKey, tuple[Expression, ...]]
) -> Iterator[Finding]:
    """Annotated videos without a folder, one finding per video, and folders of another case."""
    placed = {id(e) for expressions in found.values() for e in expressions}
    videos: dict[VideoKey, list[Expression]] = {}
    for e in annotations.expressions:
        if id(e) not in placed:
            videos.setdefault((e.subject, e.video), []).append(e)
    for expressions in videos.values():
        message = f"no folder for this video; it has {len(expressions)} annotations"
        first = expressions[0]
        yield about(first, "no-folder", message, annotations.files.get(first.kind))
    for (_, video), placed_here in found.items():
        for e in {e.video: e for e in reversed(placed_here) if e.video != video}.values():
            message = f"the folder is named {video!r}, the table writes {e.video!r}"
            yield about(e, "name-case", message, annotations.files.get(e.kind))


def _at(
    folder: VideoFolder, code: str, message: str, frames: tuple[int, int] | None = None
) -> Finding:
    return Finding(code, message, folder.path, None, folder.subject, folder.video, frames)
