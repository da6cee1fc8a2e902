"""Which files of a folder are the frames of a video, and in what order.

The one rule for checks, extraction and predictions: frames are images whose names are alike up to
the frame number at the end. A few others (copies, covers) are set aside, each with a remark. Where
they are no few, the folder is no video by its numbers.
"""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from metst.base.errors import DataError, VideoError
from metst.base.names import natural_key, printable

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp"})

OTHER_IMAGES = frozenset({".tif", ".tiff", ".webp", ".gif", ".heic", ".jp2", ".pgm", ".ppm"})
"""Formats that are not taken for frames; without a remark they would be overlooked in silence."""

ALL_IMAGES = IMAGE_SUFFIXES | OTHER_IMAGES

VIDEO_SUFFIXES = frozenset(
    {".mp4", ".m4v", ".avi", ".mov", ".mkv", ".webm", ".wmv", ".mpg", ".mpeg"}
    | {".mts", ".m2ts", ".ts", ".3gp", ".flv", ".ogv"}
)

FEW, SHARE = 3, 0.1
"""Images that may be set aside: so many, or this share of the frames, whichever is more."""

MISSING, SPARSE = 1000, 10
"""Highest number that n images explain: n + MISSING, or SPARSE n, whichever is more."""

NO_PLACE = "have no place by their numbers; these are no frame numbers, or so many are missing"

Remark = tuple[str, str]
"""What is odd about a folder or video: code of a finding (`datasets.labels.findings`), message."""


class _Aside(NamedTuple):
    """An image that is no frame: its name and why, code of the finding, and what follows."""

    name: str
    reason: str
    code: str = "odd-name"
    then: str = "it is set aside"


class FrameNamesError(VideoError):
    """The names of a folder's images do not show which frame each of them is."""


@dataclass(frozen=True)
class FrameFiles:
    """The images of one folder.

    Attributes:
        names: of the frames, in natural order.
        numbers: frame numbers of the names, ascending; empty where the names carry none.
        remarks: images that were set aside, and why.
    """

    names: tuple[str, ...]
    numbers: tuple[int, ...] = ()
    remarks: tuple[Remark, ...] = ()


class FrameList(list[Path]):
    """File of each frame in the order of time; a file may stand for several frames.

    Attributes:
        remarks: what was odd about the folder.
    """

    def __init__(self, paths: Iterable[Path], remarks: Sequence[Remark] = ()) -> None:
        super().__init__(paths)
        self.remarks = tuple(remarks)


def numbered_frames(folder: Path) -> FrameList:
    """File of every frame of a folder whose file names are frame numbers, as in CAS(ME)^3.

    Position t holds the image with number t + 1 or, where that one is missing, the next existing
    image. An image with number 0 is never used. The length is the highest number.

    Raises:
        VideoError: the folder is missing, or its images are not numbered.
    """
    files = frame_files(folder, by_name=True)
    by_number = {frame_number(name): folder / name for name in files.names}
    frames: list[Path] = []
    for number in range(files.numbers[-1], 0, -1):
        frames.append(by_number.get(number) or frames[-1])
    return FrameList(frames[::-1], files.remarks)


def nth_frames(folder: Path, skip: int) -> FrameList:
    """Every `skip`-th image of a folder in natural file order, from the first, as in SAMM-LV.

    Raises:
        VideoError: the folder is missing, holds no image, or two of most.
    """
    files = frame_files(folder, by_name=False)
    return FrameList((folder / name for name in files.names[::skip]), files.remarks)


def file_of(frame: Path) -> Path:
    """The file that holds a frame: an image, or of `clip.mp4/12` the video (`metst.video.film`)."""
    return frame.parent if is_in_film(frame) else frame


def is_in_film(frame: Path) -> bool:
    """Whether a frame is one of a video file, by its name alone."""
    return frame.name.isdigit() and frame.parent.suffix.lower() in VIDEO_SUFFIXES


def images_only(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The files that a data module names as frames.

    Raises:
        DataError: one is a video or a folder, and would be taken for a single image.
    """
    for path in paths:
        kind = "a video file" if path.suffix.lower() in VIDEO_SUFFIXES else ""
        if kind or (path is paths[0] and path.is_dir()):
            msg = (
                f"expected the image file of each frame, found {kind or 'a folder'}. Name the "
                "images in it, or the frames of a video file by metst.video.film.film_frames"
            )
            raise DataError(path, msg)
    return tuple(paths)


def frame_files(folder: Path, *, by_name: bool) -> FrameFiles:
    """The frames of a folder, by the names of its files; no file is opened.

    Args:
        folder: of one video.
        by_name: a number is a frame's place, counted from 1. Otherwise the order of the names
            decides, and names without usable numbers will do.

    Raises:
        FrameNamesError: the names do not show which frame an image is.
        VideoError: the folder is missing or cannot be read, or holds no image.
    """
    images, others = _images(folder)
    numbers, aside, doubles = _sorted_out(images, by_name=by_name)
    aside = [*aside, *doubles]
    if _few(aside, numbers):
        found = tuple(sorted(numbers.values()))
        if found[-1] > 0 or not by_name:
            return FrameFiles(tuple(numbers), found, _remarks(*others, *aside))
        msg = "expected images numbered from 1, found only number 0"
        raise FrameNamesError(folder, msg)
    mixed = bool(doubles) and not _few(doubles, numbers)
    wrong, what = (doubles, "have the number of another") if mixed else (aside, NO_PLACE)
    doubt = f"{len(wrong)} of {len(images)} images {what}, such as: {' '.join(wrong[0][:2])}"
    if by_name or mixed:
        advice = "Give every frame one file, named by its number, such as 12.jpg"
        raise FrameNamesError(folder, f"{doubt}. {advice}")
    order = f"{doubt}; all images are taken, in the order of their names"
    return FrameFiles(tuple(images), (), (*_remarks(*others), ("odd-name", order)))


def _remarks(*aside: _Aside) -> tuple[Remark, ...]:
    """One remark per reason."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, *reason in aside:
        groups.setdefault(tuple(reason), []).append(name)
    return tuple(
        (code, f"{names[0]}{f' (and {len(names) - 1} more)' if names[1:] else ''} {reason}; {then}")
        for (reason, code, then), names in groups.items()
    )


def frame_number(name: str) -> int | None:
    """Number at the end of an image name (`12.jpg`, `006_1_0012.jpg`); None where there is none."""
    _, digits, _ = _spelled(name)
    return int(digits) if digits else None


def _spelled(name: str) -> tuple[str, str, str]:
    """A name as what stands before its number, the digits, and the suffix, whatever their case."""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - a million names: Path is slow
    prefix = stem.rstrip("0123456789")
    return prefix.casefold(), stem[len(prefix) :], suffix.lower()


def _images(folder: Path) -> tuple[list[str], list[_Aside]]:
    """Names of the image files of a folder in natural order, and remarks on what is none.

    Hidden files, and files that do not look like images, are nothing to remark on.
    """
    if not folder.is_dir():
        msg = "expected a folder of images, found none"
        raise VideoError(folder, msg)
    images: list[str] = []
    others: list[_Aside] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                _, _, suffix = _spelled(entry.name)
                if entry.name.startswith(".") or suffix not in ALL_IMAGES:
                    continue
                if suffix in OTHER_IMAGES:
                    others.append(_odd(entry.name, "is of a format that is not read"))
                elif entry.is_file() or entry.is_symlink():  # a dead link: a missing image
                    images.append(entry.name)
                else:
                    others.append(_odd(entry.name, "is no file"))
    except OSError as error:
        msg = f"cannot be listed ({error.strerror})"
        raise VideoError(folder, msg) from error
    if not images:
        suffixes = ", ".join(sorted(IMAGE_SUFFIXES))
        there = f" but {len(others)} others: {' '.join(min(others)[:2])}" if others else ""
        msg = f"expected images ({suffixes}) in this folder, found none{there}"
        raise VideoError(folder, msg)
    return sorted(images, key=natural_key), sorted(others)


def _few(aside: Sequence[_Aside], numbers: Mapping[str, int]) -> bool:
    """Whether a folder is a video in spite of the images that were set aside."""
    return len(aside) < len(numbers) and len(aside) <= max(FEW, SHARE * len(numbers))


def _sorted_out(
    names: Sequence[str], *, by_name: bool
) -> tuple[dict[str, int], list[_Aside], list[_Aside]]:
    """Number of each frame, remarks on other images, and on those with the number of a frame."""
    alike, unlike = _alike(names)
    near, far = _near(alike, 1 if by_name else min(alike.values(), default=1))
    numbers, doubles = _single(near)
    return numbers, [*unlike, *far], doubles


def _alike(names: Sequence[str]) -> tuple[dict[str, int], list[_Aside]]:
    """Numbers of the names that have one and begin as most of them do."""
    numbers = {name: number for name in names if (number := frame_number(name)) is not None}
    prefixes = {name: _spelled(name)[0] for name in numbers}
    common = Counter(prefixes.values()).most_common(1)
    alike = {n: number for n, number in numbers.items() if prefixes[n] == common[0][0]}
    example = printable(next(iter(alike), ""))
    return alike, [
        _odd(n, f"is not named like {example}" if n in numbers else "carries no frame number")
        for n in names
        if n not in alike
    ]


def _near(numbers: Mapping[str, int], first: int) -> tuple[dict[str, int], list[_Aside]]:
    """Those that so many images explain, so that no work grows with a number in a name."""
    count = len(set(numbers.values()))
    limit = first - 1 + max(count + MISSING, SPARSE * count)
    near = {name: number for name, number in numbers.items() if number <= limit}
    reason = f"has a number that is too high for {count} images"
    return near, [_odd(name, reason) for name in numbers if name not in near]


def _single(numbers: Mapping[str, int]) -> tuple[dict[str, int], list[_Aside]]:
    """One name per number: the one that is written as most names are, or else the first."""
    written = Counter(map(_writing, numbers))
    best: dict[int, str] = {}
    for name, number in numbers.items():
        known = best.setdefault(number, name)
        if written[_writing(name)] > written[_writing(known)]:
            best[number] = name
    single = {name: number for name, number in numbers.items() if best[number] == name}
    doubles = [
        _Aside(
            printable(name),
            f"and {printable(best[number])} have the same number, {number}",
            "same-number",
            f"{printable(best[number])} is taken",
        )
        for name, number in numbers.items()
        if name not in single
    ]
    return single, doubles


def _writing(name: str) -> tuple[int, str]:
    """How a name writes its number: count of digits, and suffix."""
    _, digits, suffix = _spelled(name)
    return len(digits), suffix


def _odd(name: str, reason: str) -> _Aside:
    return _Aside(printable(name), reason)
