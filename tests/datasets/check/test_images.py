"""Images that cannot be read."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.datasets.casme3 import CASME3
from metst.datasets.check.images import image_findings
from tests.support.folders import JPEG, casme3_video


@pytest.mark.parametrize("workers", [1, 2])
def test_one_broken_image_is_one_finding(tmp_path: Path, workers: int) -> None:
    folder = casme3_video(tmp_path, "spNO.1", "a", range(1, 100))
    casme3_video(tmp_path, "spNO.1", "b", range(1, 20))
    (folder / "57.jpg").write_bytes(JPEG[:40])
    folders = list(CASME3.folders(tmp_path))
    (found,) = image_findings(folders, "ends", workers)
    assert (found.code, found.subject, found.video) == ("bad-image", "spNO.1", "a")
    assert (found.frames, found.path) == ((57, 57), folder / "57.jpg")
    assert list(image_findings(folders, "names")) == []


def test_decoding_finds_what_extraction_would(tmp_path: Path) -> None:
    folder = casme3_video(tmp_path, "spNO.1", "a", range(1, 10))
    assert cv2.imwrite(str(folder / "4.jpg"), np.zeros((8, 12), np.uint8))  # the others: 8 x 8
    scan = JPEG.index(b"\xff\xda")
    (folder / "7.jpg").write_bytes(JPEG[:2] + JPEG[scan:])  # without tables
    folders = list(CASME3.folders(tmp_path))
    (size,) = image_findings(folders, "ends")
    assert (size.frames, size.code) == ((4, 4), "bad-image")
    assert "sides of 8 and 8 pixels like the others of its video, found 8 and 12" in size.message
    size, damage = image_findings(folders, "decode")
    assert (size.frames, damage.frames) == ((4, 4), (7, 7))
    assert "expected an image of 8 x 8 pixels" in size.message
