"""Images that cannot be read."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.check.datasets import casme3_folders
from metst.check.images import image_fault, image_findings
from tests.check.trees import JPEG, casme3_video


def png() -> bytes:
    _, data = cv2.imencode(".png", np.zeros((8, 8), np.uint8))
    return bytes(data.tobytes())


def bmp() -> bytes:
    _, data = cv2.imencode(".bmp", np.zeros((8, 8), np.uint8))
    return bytes(data.tobytes())


@pytest.mark.parametrize("decode", [False, True])
@pytest.mark.parametrize("data", [JPEG, png(), bmp(), JPEG + b"\0" * 500, JPEG + b"\n"])
def test_sound_images(tmp_path: Path, data: bytes, decode: bool) -> None:
    (tmp_path / "1.jpg").write_bytes(data)
    assert image_fault(tmp_path / "1.jpg", decode=decode) is None


@pytest.mark.parametrize("decode", [False, True])
@pytest.mark.parametrize(
    ("data", "fault"),
    [(b"", "empty"), (JPEG[:-20], "cut off"), (png()[:-9], "cut off"), (b"<html>", "no JPEG")],
)
def test_faulty_images(tmp_path: Path, data: bytes, fault: str, decode: bool) -> None:
    (tmp_path / "1.jpg").write_bytes(data)
    assert fault in str(image_fault(tmp_path / "1.jpg", decode=decode))


def test_damage_in_the_middle_shows_when_decoding(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(JPEG[:3] + b"\0" * (len(JPEG) - 5) + JPEG[-2:])
    assert image_fault(tmp_path / "1.jpg", decode=False) is None
    assert image_fault(tmp_path / "1.jpg", decode=True) == "cannot be decoded"


def test_a_dangling_link_is_a_missing_image(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").symlink_to(tmp_path / "gone.jpg")
    assert "cannot be opened" in str(image_fault(tmp_path / "1.jpg", decode=False))


@pytest.mark.parametrize("workers", [1, 2])
def test_one_broken_image_is_one_finding(tmp_path: Path, workers: int) -> None:
    folder = casme3_video(tmp_path, "spNO.1", "a", range(1, 100))
    casme3_video(tmp_path, "spNO.1", "b", range(1, 20))
    (folder / "57.jpg").write_bytes(JPEG[:40])
    folders = list(casme3_folders(tmp_path))
    (found,) = image_findings(folders, "ends", workers)
    assert (found.code, found.subject, found.video) == ("bad-image", "spNO.1", "a")
    assert (found.frames, found.path) == ((57, 57), folder / "57.jpg")
    assert list(image_findings(folders, "names")) == []
