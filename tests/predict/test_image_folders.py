"""Folders of images are listed and read as extraction does."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.base.errors import VideoError
from metst.video.clip import colors_of, frames_of, survey


def test_a_stray_copy_is_no_frame_and_is_noted(tmp_path: Path) -> None:
    for number in range(1, 11):
        cv2.imwrite(str(tmp_path / f"{number}.jpg"), np.full((20, 20), number, np.uint8))
    before = list(frames_of(tmp_path))
    copied = (tmp_path / "7.jpg").read_bytes()
    (tmp_path / "7 (1).jpg").write_bytes(copied)
    (tmp_path / "7.jpg").write_bytes(copied + bytes(5000))  # some programs append data
    after = survey(tmp_path, fps=30.0)
    assert after.notes == ("7 (1).jpg carries no frame number; it is set aside",)
    assert len(after.seconds) == len(list(colors_of(tmp_path))) == 10
    for (_, frame), (_, now) in zip(before, frames_of(tmp_path), strict=True):
        np.testing.assert_array_equal(frame, now)


def test_an_image_that_was_cut_is_named(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (40, 40), dtype=np.uint8)
    for number in range(1, 4):
        cv2.imwrite(str(tmp_path / f"{number}.jpg"), noise)
    data = (tmp_path / "2.jpg").read_bytes()
    (tmp_path / "2.jpg").write_bytes(data[: len(data) // 2])
    with pytest.raises(VideoError, match=r"2\.jpg: the image is cut short"):
        survey(tmp_path, fps=30.0)
