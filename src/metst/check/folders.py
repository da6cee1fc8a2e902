"""Checks of the video folders against the label tables; only file names are read."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from metst.check.datasets import DataSet, VideoFolder, frame_number
from metst.labels.annotations import Annotations, VideoKey
from metst.labels.findings import Finding, about
from metst.labels.records import Expression

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
    yield from _folder_names(folders)


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Runs of consecutive numbers as (first, last), both inclusive."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def ranges_text(numbers: Iterable[int]) -> str:
    """Numbers in words: `1-7, 30`, cut after a few ranges."""
    found = ranges(numbers)
    words = [str(a) if a == b else f"{a}-{b}" for a, b in found[:MAX_RANGES]]
    more = [f"{len(found) - MAX_RANGES} more ranges"] if len(found) > MAX_RANGES else []
    return ", ".join(words + more)


def _frames(
    folder: VideoFolder, expressions: Sequence[Expression], annotations: Annotations, data: DataSet
) -> Iterator[Finding]:
    if not folder.names:
        yield _at(folder, "no-images", "holds no image")
        return
    numbered = [(name, frame_number(name)) for name in folder.names] if data.numbered else []
    for name in (name for name, number in numbered if number is None):
        yield _at(folder, "odd-name", f"{name} carries no frame number")
    numbers = {number for _, number in numbered if number is not None}
    if not numbers and data.numbered:
        return
    numbers = numbers or {0}
    start = min(numbers | {data.timebase.first}) if data.by_name else min(numbers)
    missing = set(range(start, max(numbers))) - numbers
    if missing:
        count = max(numbers) - start + 1
        message = f"{len(missing)} of {count} frame numbers are missing: {ranges_text(missing)}"
        yield _at(folder, "frame-gap", message, (min(missing), max(missing)))
    last = data.last_number(folder.names)
    for e in expressions:
        yield from _in_video(e, last, missing, annotations)


def _in_video(
    e: Expression, last: int, missing: set[int], annotations: Annotations
) -> Iterator[Finding]:
    """Whether the frames of an annotation exist; `last` is the own number of the last frame."""
    path = annotations.files.get(e.kind)
    yield from outside(e, last, path)
    inside = range(max(e.onset, 0), min(e.offset, last) + 1)
    lost = missing.intersection(inside) if e.kind == "micro" else set()
    if lost:
        message = f"{len(lost)} of its frames are missing: {ranges_text(lost)}"
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


def _folder_names(folders: Sequence[VideoFolder]) -> Iterator[Finding]:
    seen: dict[VideoKey, VideoFolder] = {}
    for folder in folders:
        key = (folder.subject.casefold(), folder.video.casefold())
        other = seen.setdefault(key, folder)
        if other is not folder:
            yield _at(folder, "name-case", f"differs only in case from {other.path}")


def _at(
    folder: VideoFolder, code: str, message: str, frames: tuple[int, int] | None = None
) -> Finding:
    return Finding(code, message, folder.path, None, folder.subject, folder.video, frames)
