"""SP-FD's motion of regions, against numbers of the authors' code."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.features.sp_fd import Faults, RegionMotions, motions
from metst.features.sp_fd.feature import FAULTS
from metst.features.sp_fd.regions import LANDMARKS
from metst.features.tv_l1 import flow
from tests.support import parity
from tests.support.faces import FakeDetector, video

RELEASED = Faults(transposed=True, summed=True)
EACH = pytest.mark.parametrize("path", parity.each("systems/spot/spfd*.npz"))


def close(found: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    """Lengths within the tolerance, angles within 0.001."""
    length, angle = found.T
    np.testing.assert_allclose(length, expected[0::2], rtol=0, atol=tolerance)
    turn = (angle - expected[1::2] + np.pi) % (2 * np.pi) - np.pi
    assert np.abs(turn).max() < 1e-3


@EACH
def test_published_feature(path: Path) -> None:
    file = np.load(path)
    columns = (file[name] for name in ("flow", "points", "feature", "global_motion"))
    for field, points, feature, head in zip(*columns, strict=True):
        found, motion = motions(field, points.astype(int), RELEASED)
        close(found, feature, 5e-5)
        np.testing.assert_allclose(motion, head, rtol=0, atol=5e-5)


@EACH
def test_published_feature_of_frames(path: Path) -> None:
    file = np.load(path)
    left, top, width, height = file["frames_box_xywh"].tolist()
    with np.load(path.parents[2] / "flow_k50.npz") as frames:
        clip = frames["frames"][int(file["frames_first"]) :][:4]
    crops = np.ascontiguousarray(clip[:, top : top + height, left : left + width])
    for row in range(3):
        points = file["frames_landmarks"][row + 1, list(LANDMARKS)]
        field = np.moveaxis(flow(crops[row], crops[row + 1]), 0, 2)
        close(motions(field, points, RELEASED)[0], file["frames_feature"][row], 1e-4)


def test_motion_of_the_head_is_subtracted() -> None:
    field = np.full((60, 80, 2), (3.0, 4.0))
    field[30:46, 10:26] += 0, 2  # around x = 18, y = 38
    points = np.array([[18, 38], [60, 20], [70, 200], [40, 50]])
    found, head = motions(field, points, Faults())
    np.testing.assert_allclose(head, (3, 4))
    np.testing.assert_allclose(found, [[2, np.pi / 2], [0, 0], [0, 0], [0, 0]], atol=1e-9)
    summed, _ = motions(field, points, Faults(summed=True))
    assert summed[3, 0] == pytest.approx(255 / 256 * 5)  # one of 256 pixels holds all
    assert motions(field, points, Faults(transposed=True))[0][0, 0] == 0


def test_entry(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for path, frame in zip(paths, video(1, 3, speed=0.5), strict=True):
        assert cv2.imwrite(str(path), frame)
    arrays = RegionMotions(FakeDetector()).measure(paths).arrays
    assert arrays["lengths"].shape == (len(FAULTS), 2, len(LANDMARKS))
    assert arrays["lengths"][0].any()
    top, bottom, left, right = arrays["box"].tolist()
    assert (top >= 0, left >= 0) == (True, True)
    assert 0 < bottom - top <= 240
    assert 0 < right - left <= 240
