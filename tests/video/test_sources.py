"""Frames read one by one, from images and arrays, and repaired."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.base.errors import VideoError
from metst.video import ArrayFrames, Frame, ImageFolder, RepairedFrames


def image(grey: int, height: int = 12, width: int = 16) -> Frame:
    return np.full((height, width), grey, np.uint8)


def write(path: Path, frame: Frame) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), frame)
    return path


def test_frames_are_grey_whatever_the_file(tmp_path: Path) -> None:
    color = np.zeros((4, 6, 3), np.uint8)
    color[..., 2] = 255  # red
    paths = [write(tmp_path / "1.png", image(77, 4, 6)), write(tmp_path / "2.png", color)]
    source = ImageFolder(paths)
    assert len(source) == 2
    assert (source.read(0) == 77).all()
    assert source.read(1).shape == (4, 6)
    assert abs(int(source.read(1)[0, 0]) - 0.299 * 255) <= 1  # luma of red, ITU-R BT.601
    assert source.path == tmp_path


def test_a_frame_of_another_size_is_refused(tmp_path: Path) -> None:
    paths = [write(tmp_path / "1.jpg", image(9)), write(tmp_path / "2.jpg", image(9, 12, 10))]
    source = ImageFolder(paths)
    source.read(0)
    with pytest.raises(VideoError, match=r"expected an image of 16 x 12 .* found 10 x 12"):
        source.read(1)


def test_repair_takes_the_good_frame_before(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{n}.png", image(10 * n)) for n in range(1, 6)]
    for broken in (0, 2, 3):
        paths[broken].write_bytes(b"")
    source = RepairedFrames(ImageFolder(paths))
    order = np.random.default_rng(0).permutation(5)
    seen = {int(i): int(source.read(int(i))[0, 0]) for i in order}
    assert [seen[i] for i in range(5)] == [20, 20, 20, 20, 50]
    assert set(source.broken) == {0, 2, 3}
    assert "3.png" in source.broken[2]


def test_nothing_to_repair_with_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "1.png").touch()
    with pytest.raises(VideoError, match="none of its 1 images can be read"):
        RepairedFrames(ImageFolder([tmp_path / "1.png"])).read(0)


def test_array_frames() -> None:
    clip = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    source = ArrayFrames(clip)
    assert len(source) == 2
    assert (source.read(1) == clip[1]).all()
