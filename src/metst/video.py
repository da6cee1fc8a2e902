"""Frames of a video, read one at a time: no video is ever held in memory as a whole."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.errors import VideoError

Frame = NDArray[np.uint8]
"""Grey image (H, W), row down, column right."""

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp"})

JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
JPEG_TAIL = 1024
"""Bytes at the end of a JPEG file in which its end marker is looked for; some cameras pad."""


class FrameSource(Protocol):
    """A video as numbered frames; frame i of n, in the order of time."""

    @property
    def path(self) -> Path:
        """What messages name as the origin of the frames."""
        ...

    def __len__(self) -> int: ...

    def read(self, index: int) -> Frame:
        """Frame `index`, grey.

        Raises:
            VideoError: the frame cannot be read.
        """
        ...


class ImageFolder:
    """A video kept as one image file per frame; a file may stand for several frames.

    Args:
        paths: file of each frame. All frames have the size of the first one that is read.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = paths
        self._shape: tuple[int, ...] | None = None

    @property
    def path(self) -> Path:
        """Folder of the first image."""
        return self.paths[0].parent if self.paths else Path()

    def __len__(self) -> int:
        return len(self.paths)

    def read(self, index: int) -> Frame:
        """Frame `index`; `VideoError` where its file is missing, broken or of another size."""
        path = self.paths[index]
        frame = read_grey(path)
        self._shape = self._shape or frame.shape
        if frame.shape != self._shape:
            (height, width), (expected_height, expected_width) = frame.shape, self._shape
            msg = (
                f"expected an image of {expected_width} x {expected_height} pixels like the others "
                f"of its video, found {width} x {height}"
            )
            raise VideoError(path, msg)
        return frame


class ArrayFrames:
    """A video that is in memory already, as an array (T, H, W)."""

    def __init__(self, frames: Frame) -> None:
        self.frames = frames
        self.path = Path("array")

    def __len__(self) -> int:
        return len(self.frames)

    def read(self, index: int) -> Frame:
        """Frame `index`."""
        frame: Frame = self.frames[index]
        return frame


class RepairedFrames:
    """Frames of a source in which the nearest good frame before takes the place of a broken one.

    Broken frames at the start are replaced by the first good one. The outcome does not depend on
    the order of reading.

    Attributes:
        broken: frames met so far that could not be read, with the reason.
    """

    def __init__(self, source: FrameSource) -> None:
        self.source = source
        self.broken: dict[int, str] = {}

    @property
    def path(self) -> Path:
        """Origin of the underlying frames."""
        return self.source.path

    def __len__(self) -> int:
        return len(self.source)

    def read(self, index: int) -> Frame:
        """Frame `index` or its replacement; raises `VideoError` if no frame at all can be read."""
        for candidate in chain(range(index, -1, -1), range(index + 1, len(self))):
            if candidate in self.broken:
                continue
            try:
                return self.source.read(candidate)
            except VideoError as error:
                self.broken[candidate] = str(error)
        msg = f"none of its {len(self)} images can be read"
        raise VideoError(self.path, msg)


def read_grey(path: Path) -> Frame:
    """Decode an image file to grey.

    Raises:
        VideoError: the file is missing, empty, cut short or no image.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        msg = f"cannot be read ({error.strerror}); restore the image"
        raise VideoError(path, msg) from error
    # OpenCV decodes a JPEG that was cut short without complaint and pads it with grey.
    if data.startswith(JPEG_START) and JPEG_END not in data[-JPEG_TAIL:]:
        msg = f"the JPEG is cut short after {len(data)} bytes; copy it again from the data set"
        raise VideoError(path, msg)
    frame = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE) if data else None
    if frame is None:
        msg = f"expected an image, found {len(data)} bytes that are none; copy it again"
        raise VideoError(path, msg)
    return frame.astype(np.uint8, copy=False)


def natural_key(text: str) -> tuple[tuple[int, str], ...]:
    """Sort key under which numbers inside names count as numbers: `a9` before `a10`."""
    return tuple(_parts(text))


def _parts(text: str) -> Iterator[tuple[int, str]]:
    for piece in re.findall(r"\d+|\D+", text, flags=re.ASCII):
        # Digits keep their text as the second criterion: `07` and `7` are different names.
        yield (int(piece), piece) if piece[0] in "0123456789" else (-1, piece)


def numbered_frames(folder: Path) -> list[Path]:
    """File of every frame of a folder whose file names are frame numbers, as in CAS(ME)^3.

    Position t holds the image with number t + 1 or, where that one is missing, the next existing
    image. An image with number 0 is never used. The length is the highest number.

    Raises:
        VideoError: the folder is missing, or holds no numbered image.
    """
    by_number: dict[int, Path] = {}
    for path in _images(folder):
        digits = re.search(r"\d+$", path.stem, flags=re.ASCII)
        if digits is None:
            msg = "expected an image named by its frame number, such as 12.jpg"
            raise VideoError(path, msg)
        by_number.setdefault(int(digits.group()), path)
    last = max(by_number)
    if last == 0:
        msg = "expected images numbered from 1, found only number 0"
        raise VideoError(folder, msg)
    frames: list[Path] = []
    for number in range(last, 0, -1):
        frames.append(by_number.get(number) or frames[-1])
    return frames[::-1]


def nth_frames(folder: Path, skip: int) -> list[Path]:
    """Every `skip`-th image of a folder in natural file order, from the first, as in SAMM-LV.

    Raises:
        VideoError: the folder is missing, or holds no image.
    """
    return _images(folder)[::skip]


def _images(folder: Path) -> list[Path]:
    """Image files of a folder in natural order; hidden files are no frames."""
    if not folder.is_dir():
        msg = "expected a folder of images, found none"
        raise VideoError(folder, msg)
    images = [
        path
        for path in folder.iterdir()
        if path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")
    ]
    if not images:
        suffixes = ", ".join(sorted(IMAGE_SUFFIXES))
        msg = f"expected images ({suffixes}) in this folder, found none"
        raise VideoError(folder, msg)
    return sorted(images, key=lambda path: natural_key(path.name))
