"""What a good image is: the same for a look at the ends of a file and for reading it."""

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from metst.base.errors import VideoError
from metst.video import look, read_color, read_grey

NOISE = np.random.default_rng(0).integers(0, 255, (64, 96, 3), dtype=np.uint8)
LARGE = np.random.default_rng(1).integers(0, 255, (400, 400, 3), dtype=np.uint8)


def encoded(suffix: str, picture: NDArray[np.generic] = NOISE, *options: int) -> bytes:
    good, data = cv2.imencode(suffix, picture, list(options))
    assert good
    return bytes(data.tobytes())


def exif(payload: bytes) -> bytes:
    """An APP1 segment."""
    return b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload


def with_segment(jpeg: bytes, segment: bytes) -> bytes:
    return jpeg[:2] + segment + jpeg[2:]


JPEG = encoded(".jpg")
PROGRESSIVE = encoded(".jpg", NOISE, cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
RESTARTS = encoded(".jpg", NOISE, cv2.IMWRITE_JPEG_RST_INTERVAL, 1)
THUMBNAIL = encoded(".jpg", NOISE[:8, :8])
WITH_THUMBNAIL = with_segment(JPEG, exif(b"Exif\0\0" + THUMBNAIL))
WHOLE = {
    "jpeg": JPEG,
    "progressive": PROGRESSIVE,
    "restarts": RESTARTS,
    "thumbnail": WITH_THUMBNAIL,
    "long header": with_segment(JPEG, exif(b"\0" * 65000) * 2),
    "filler": JPEG[:2] + b"\xff\xff\xff" + JPEG[2:],
    "large": encoded(".jpg", LARGE),
    "png": encoded(".png"),
    "large png": encoded(".png", LARGE),
    "alpha": encoded(".png", np.dstack([NOISE, NOISE[..., :1]])),
    "16 bits": encoded(".png", NOISE.astype(np.uint16) * 257),
    "bmp": encoded(".bmp"),
    "grey bmp": encoded(".bmp", NOISE[..., 0]),
    "webp": encoded(".webp"),
}


@pytest.mark.parametrize("trailer", [b"", b"\n", bytes(5000), b"\xff" * 5_000_000, JPEG[:900]])
@pytest.mark.parametrize("name", WHOLE)
def test_whole_images_are_good_whatever_follows(tmp_path: Path, name: str, trailer: bytes) -> None:
    path = tmp_path / "1.jpg"
    path.write_bytes(WHOLE[name])
    plain = read_grey(path)
    path.write_bytes(WHOLE[name] + trailer)
    sides = None if name == "webp" else tuple(sorted(plain.shape))
    assert look(path) == (None, sides)
    np.testing.assert_array_equal(read_grey(path), plain)
    assert plain.dtype == np.uint8
    assert read_color(path).shape == (*plain.shape, 3)


@pytest.mark.parametrize("name", WHOLE)
def test_cut_images_are_refused_wherever_they_are_cut(tmp_path: Path, name: str) -> None:
    data, path = WHOLE[name], tmp_path / "1.jpg"
    for share in (0.05, 0.3, 0.6, 0.9, 0.99):
        path.write_bytes(data[: int(len(data) * share)])
        assert look(path)[0]
        with pytest.raises(VideoError, match=r"1\.jpg: .*; copy it again"):
            read_grey(path)


def test_the_end_of_a_thumbnail_is_not_the_end_of_the_image(tmp_path: Path) -> None:
    path = tmp_path / "1.jpg"
    end = WITH_THUMBNAIL.index(b"\xff\xd9") + 2
    for cut in (end, end + 10, len(WITH_THUMBNAIL) - 2):
        path.write_bytes(WITH_THUMBNAIL[:cut])
        assert f"cut short after {cut} bytes" in str(look(path)[0])
        with pytest.raises(VideoError, match="cut short"):
            read_grey(path)


@pytest.mark.parametrize(
    ("data", "fault"), [(b"", "found 0 bytes"), (b"<html>", "found 6 bytes that are none")]
)
def test_what_is_no_image_is_named(tmp_path: Path, data: bytes, fault: str) -> None:
    path = tmp_path / "1.jpg"
    path.write_bytes(data)
    assert fault in str(look(path)[0])
    with pytest.raises(VideoError, match=fault) as caught:
        read_grey(path)
    assert caught.value.path == path


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").symlink_to(tmp_path / "gone.jpg")
    (tmp_path / "2.jpg").symlink_to(tmp_path)
    for name in ("1.jpg", "2.jpg", "3.jpg"):
        assert "cannot be read" in str(look(tmp_path / name)[0])
        with pytest.raises(VideoError, match="cannot be read"):
            read_grey(tmp_path / name)


def test_damage_in_the_middle_shows_when_reading_alone(tmp_path: Path) -> None:
    path = tmp_path / "1.jpg"
    path.write_bytes(JPEG[:2] + exif(b"x") + b"\xff\xda\0\0" + bytes(500) + JPEG[-2:])
    assert look(path)[0] is None
    with pytest.raises(VideoError, match="cannot be decoded"):
        read_grey(path)


def test_exif_turns_every_reading(tmp_path: Path) -> None:
    orientation = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)  # 6: turn by 90 degrees clockwise
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + orientation + struct.pack("<I", 0)
    path = tmp_path / "1.jpg"
    path.write_bytes(with_segment(JPEG, exif(b"Exif\0\0" + tiff)))
    assert read_grey(path).shape == (96, 64)
    assert read_color(path).shape == (96, 64, 3)
    assert look(path)[0] is None
