"""The main directional maximal difference, against numbers of the authors' code."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.base.errors import ConfigError
from metst.features.mdmd import MainDirections, main_difference
from metst.features.mdmd import feature as mdmd
from metst.features.roi_flow import NoFaceError
from metst.video import ArrayFrames
from tests.support import parity
from tests.support.dlib import dlib_detector
from tests.support.faces import FakeDetector, template, video


@pytest.mark.parametrize("path", parity.each("systems/spot/mdmd*.json"))
def test_published_feature(path: Path) -> None:
    arrays = np.load(path.with_suffix(".npz"))
    for case in json.loads(path.read_text())["feature"]:
        before, after, expected = (arrays[f"{name}{case['id']}"] for name in "ABF")
        found = [
            main_difference(a, b, half_angles=True, blocks=case["blocks"])
            for a, b in zip(before, after, strict=True)
        ]
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("path", parity.each("systems/spot/mdmd_frames*.npz"))
def test_published_feature_of_frames(path: Path) -> None:
    published = np.load(path)
    first, k, some = int(published["first_frame"]), int(published["k"]), 4
    with np.load(path.parents[2] / "flow_k50.npz") as file:
        source = ArrayFrames(file["frames"][first : first + 2 * k + some])
    box = mdmd.face_box(source, dlib_detector())
    assert list(box) == published["crop_ymin_ymax_xmin_xmax"].tolist()
    values = [main_difference(*pair, half_angles=True) for pair in mdmd._flows(source, box, k)]
    np.testing.assert_allclose(values, published["F"][:some], rtol=0, atol=1e-6)


def test_opposite_directions_are_two() -> None:
    """Two thirds of the pixels move down, the others, further, up: one direction, or two."""
    before, after = np.zeros((2, 36, 36, 2), np.float32)
    before[:, :, 1] = np.where(np.arange(36) % 6 < 4, 1, -3)
    assert main_difference(before, after, half_angles=True) == 3
    assert main_difference(before, after, half_angles=False) == 1
    assert main_difference(after, before, half_angles=True) == 0  # nothing moved before


@pytest.mark.parametrize(
    ("k", "frames", "expected"),
    [(12, 72, 12), (12, 71, 6), (39, 120, 20), (39, 100, 10), (9, 0, 1)],
)
def test_short_videos_have_shorter_steps(k: int, frames: int, expected: int) -> None:
    assert mdmd.step(k, frames) == expected


def test_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mdmd, "_rlof", lambda a, b: np.dstack([a[:, :, 0], b[:, :, 0]]) / 9.0)
    paths = [tmp_path / f"{number:02}.png" for number in range(30)]
    for path, frame in zip(paths, video(1, 30), strict=True):
        assert cv2.imwrite(str(path), frame)
    entry = MainDirections(detector=FakeDetector()).at(10.0).measure(paths)
    assert entry.arrays["micro_k"] == 4
    assert entry.arrays["macro_k"] == 4  # 13, halved twice
    values = entry.arrays["micro"]
    assert values.shape == (2, 30)
    assert (values[:, 4:26] != 0).all()
    assert not values[:, :4].any()
    assert not values[:, 26:].any()


def test_what_is_measured_names_the_feature() -> None:
    both, micro = (MainDirections(macro, FakeDetector()).at(30.0).spec for macro in (True, False))
    assert both.parameters["k"] == [12, 39]
    assert micro.parameters["k"] == [12]
    with pytest.raises(ConfigError, match="frame rate: expected that of the data set"):
        MainDirections(detector=FakeDetector()).at(0)


def test_a_face_outside_the_frame_is_none() -> None:
    far = FakeDetector(points=template() + 1000, x=1000, y=1000)
    with pytest.raises(NoFaceError, match="no face found in 2 frames"):
        mdmd.face_box(ArrayFrames(video(1, 2)), far)
