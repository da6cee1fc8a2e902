"""What a set of rendered heads shows, for a person to see: a sheet of faces and short films."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from metst.datasets.generated.h264 import write_clip
from metst.datasets.generated.sheet import (
    MAGNIFY,
    SHEET_FILE,
    Cell,
    magnified,
    read_face,
    write_sheet,
)
from metst.datasets.heads.layout import clip_file, image_name, video_folder
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.summary import Seen, Summary
from metst.datasets.labels.records import Expression
from metst.video.images import read_color

CLIP_SECONDS: Final = 4.0

_ROW: Final = 2
"""Identities beside each other in the sheet."""


def write_faces(root: Path, options: HeadsOptions, summaries: Sequence[Summary]) -> None:
    """Draw each identity at rest and at the apex of its clearest expression, and the difference.

    Raises:
        VideoError: a frame cannot be read.
        OSError: the picture cannot be written.
    """
    cells = [cell for _, seen in _clearest(summaries) for cell in _cells(root, options, seen)]
    title = f"Rendered heads, seed {options.seed}"
    write_sheet(root / SHEET_FILE, title, cells, columns=_ROW * 3)


def write_clips(root: Path, options: HeadsOptions, summaries: Sequence[Summary]) -> None:
    """Write `CLIP_SECONDS` of each identity around its clearest expression.

    Raises:
        VideoError: a frame cannot be read.
        OSError: a file cannot be written.
    """
    length = round(CLIP_SECONDS * options.fps)
    for video, seen in _clearest(summaries):
        first = _middle(seen.expression) - length // 2
        first = max(1, min(first, video.frames - length + 1))
        numbers = range(first, min(first + length, video.frames + 1))
        paths = (_image(root, options, seen.expression, number) for number in numbers)
        write_clip(clip_file(root, video.subject), map(read_color, paths), options.fps)


def _clearest(summaries: Sequence[Summary]) -> Iterator[tuple[Summary, Seen]]:
    """Of each subject the video with its clearest expression besides blinks, and that."""
    for subject in dict.fromkeys(s.subject for s in summaries):
        shown = [
            (video, seen)
            for video in summaries
            if video.subject == subject
            for seen in video.expressions
            if seen.expression.kind != "blink"
        ]
        yield max(shown, key=lambda pair: pair[1].height)


def _cells(root: Path, options: HeadsOptions, seen: Seen) -> list[Cell]:
    e = seen.expression
    numbers = (max(1, e.onset - 1), _middle(e))
    rest, apex = (read_face(_image(root, options, e, number)) for number in numbers)
    units = "+".join(map(str, seen.units))
    return [
        (f"{e.subject}: rest (video {e.video}, frame {numbers[0]})", rest),
        (f"{e.label}, {e.kind} (AU {units})", apex),
        (f"(apex - rest) x {MAGNIFY}", magnified(rest, apex)),
    ]


def _middle(e: Expression) -> int:
    return (e.onset + e.offset) // 2 if e.apex is None else e.apex


def _image(root: Path, options: HeadsOptions, e: Expression, number: int) -> Path:
    folder = video_folder(root, options.layout, e.subject, e.video)
    return folder / image_name(options.layout, e.video, number)
