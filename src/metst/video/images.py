"""One image: whether its file is whole, and its pixels.

The one rule of what is a good image, for checks, extraction and predictions alike: a JPEG, PNG or
BMP that is whole by its own structure, or any other format that OpenCV decodes. Bytes after the
end of an image are allowed; cameras and transfer programs append them.
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.errors import VideoError
from metst.video.folder import is_in_film

Frame = NDArray[np.uint8]
"""Grey image (H, W), row down, column right."""

Size = tuple[int, int]
"""Shorter and longer side of an image, in pixels."""

HEAD, TAIL = 65536, 64
"""Bytes at the beginning and at the end of a file that a look at its ends reads."""

JPEG_START, JPEG_END, JPEG_SCAN = b"\xff\xd8\xff", b"\xff\xd9", 0xDA
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of the segment with the size (ITU-T T.81, table B.1)."""

PNG_START, PNG_END = b"\x89PNG\r\n\x1a\n", b"\0\0\0\0IEND\xaeB`\x82"
BMP_START = b"BM"

BMP_HEADER = struct.Struct("<2sIIIIiiHHI")
"""Signature, bytes of the file, nothing, place of the pixels, bytes of the second header; width,
height, planes, bits per pixel, compression."""

BMP_PLAIN = (0, 3, 6)
"""Compressions of a BMP under which its size follows from its width and height."""

cv2.utils.logging.setLogLevel(
    cv2.utils.logging.LOG_LEVEL_SILENT
)  # what is wrong with an image is reported here, with its path


def read_grey(path: Path) -> Frame:
    """Grey pixels of an image file, turned as its EXIF orientation asks; 8 bits of any depth.

    `clip.mp4/12` is the 12th picture of a video, see `metst.video.film`.

    Raises:
        VideoError: the file is missing, empty, cut short or no image.
    """
    return _read(path, cv2.IMREAD_GRAYSCALE)


def read_color(path: Path) -> NDArray[np.uint8]:
    """Pixels (H, W, 3), blue, green, red, of an image that `read_grey` can read; its errors."""
    return _read(path, cv2.IMREAD_COLOR)


def look(path: Path) -> tuple[str | None, Size | None]:
    """What is wrong with an image file by its first and last bytes, and its size; None: nothing.

    The rest is read only where they do not show that the file is whole. Damage in the middle of a
    whole file is not found. The size is that in the header of a JPEG, PNG or BMP.
    """
    if is_in_film(path):  # only decoding shows whether it is there
        return None, None
    try:
        with path.open("rb", buffering=0) as file:
            data = file.read(HEAD)
            size = file.seek(0, os.SEEK_END)
            if size > len(data):
                file.seek(-TAIL, os.SEEK_END)
                if _fault(data + file.read(), size) is None:
                    return None, _size(data)
                file.seek(0)
                data = file.read()
    except OSError as error:
        return _unreadable(error), None
    return _fault(data, len(data)), _size(data)


def _read(path: Path, flags: int) -> NDArray[np.uint8]:
    if is_in_film(path):
        from metst.video.film import picture  # PyAV is not needed for images

        return picture(path, color=flags == cv2.IMREAD_COLOR)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise VideoError(path, _unreadable(error)) from error
    fault = _fault(data, len(data))
    if fault is not None:
        raise VideoError(path, fault)
    pixels = _decoded(data, flags)
    if pixels is None:
        msg = f"expected an image, found {len(data)} bytes that cannot be decoded; copy it again"
        raise VideoError(path, msg)
    return pixels


def _unreadable(error: OSError) -> str:
    return f"cannot be read ({error.strerror}); restore the image"


def _fault(data: bytes, size: int) -> str | None:
    """What is wrong with an image of `size` bytes by its structure."""
    if not data:
        return "expected an image, found 0 bytes: the file is empty; copy it again"
    if data.startswith(JPEG_START):
        whole = _jpeg_is_whole(data)
    elif data.startswith(PNG_START):
        whole = PNG_END in data
    elif data.startswith(BMP_START):
        whole = size >= _bmp_size(data)
    elif _decoded(data, cv2.IMREAD_GRAYSCALE) is None:
        return f"expected an image, found {size} bytes that are none; copy it again"
    else:
        return None
    return None if whole else f"the image is cut short after {size} bytes; copy it again"


def _jpeg_is_whole(data: bytes) -> bool:
    """Whether an end marker follows the image's own scan; a thumbnail before it has one, too.

    OpenCV may decode a JPEG that was cut short without complaint and pad it with grey. Inside a
    scan a byte FF is never followed by D9 (ITU-T T.81, B.1.1.5), so the next end marker is real.
    """
    *_, (marker, at) = _segments(data)
    return marker == JPEG_SCAN and JPEG_END in data[at:]


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Marker and place of the segments of a JPEG, up to its scan or as far as there are any."""
    marker, at = 0xD8, 0
    yield marker, at
    at = 2
    while marker != JPEG_SCAN and at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        yield marker, at
        filler = marker == 0xFF  # any number of FF may stand before a marker
        at += 1 if filler else 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def _size(data: bytes) -> Size | None:
    """Shorter and longer side as the header gives them, before any turn that EXIF asks for."""
    sides: tuple[int, ...] = ()
    if data.startswith(JPEG_START):
        frames = (at for marker, at in _segments(data) if marker in JPEG_FRAMES)
        at = next(frames, len(data))
        sides = struct.unpack_from(">HH", data, at + 5) if at + 9 <= len(data) else ()
    elif data.startswith(PNG_START) and len(data) >= 24:
        sides = struct.unpack_from(">II", data, 16)
    elif data.startswith(BMP_START) and len(data) >= BMP_HEADER.size:
        _, _, _, _, header, width, height, *_ = BMP_HEADER.unpack_from(data)
        sides = (width, height) if header >= 40 else ()
    shorter, longer = sorted(map(abs, sides)) if sides else (0, 0)
    return (shorter, longer) if sides else None


def _bmp_size(data: bytes) -> int:
    """Bytes that the header of a BMP promises; one more than there are where it is cut itself."""
    if len(data) < BMP_HEADER.size:
        return len(data) + 1
    promised, _, pixels, header, *rest = map(int, BMP_HEADER.unpack_from(data)[1:])
    width, height, _, bits, compression = rest
    if header < 40 or compression not in BMP_PLAIN:  # OS/2, or packed
        return promised
    return pixels + (width * bits + 31) // 32 * 4 * abs(height)


def _decoded(data: bytes, flags: int) -> NDArray[np.uint8] | None:
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error:  # such as more pixels than OpenCV allows
        return None
    return None if pixels is None else pixels.astype(np.uint8, copy=False)
