"""The 36 channels of ME-TST's successors, against their code's own numbers."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from metst.features.roi_flow import ME_TST_ROIS, Engine, Window, iter_windows, roi_set
from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.regions import Sliced, UnderEye
from metst.features.roi_flow.rois import roi_set_of
from metst.features.windows import window_starts
from metst.video import ArrayFrames, Frame
from tests.support import parity
from tests.support.dlib import dlib_detector
from tests.support.faces import FakeDetector, template, video

PATTERN = "systems/successors/flow36*.npz"
PLUS = roi_set("me_tst_plus")


def frames_of(path: Path, derive: dict[str, Any]) -> Frame:
    """Frames (T, H, W): those of another file, changed as `derive` has it."""
    with np.load(path.parents[2] / derive["source"]) as file:
        frames = file["frames"]
    first, end = derive.get("frames", (0, len(frames)))
    frames = frames[first:end].copy()
    middle = frames.shape[2] // 2
    for column in range(frames.shape[2]):
        down = int(np.floor(derive.get("shear", 0) * (column - middle) + 0.5))
        frames[:, :, column] = np.roll(frames[:, :, column], down, axis=1)
    top, bottom, left, right = derive.get("crop", (0, *frames.shape[1:2], 0, frames.shape[2]))
    frames = np.ascontiguousarray(frames[:, top:bottom, left:right])
    frames[derive.get("blank", [])] = 128
    return frames


@pytest.mark.parametrize("path", parity.each(PATTERN))
def test_published_features(path: Path) -> None:
    with np.load(path) as file:
        published = dict(file)
    source = {"source": path.name.replace("flow36", "flow")}
    derive = json.loads(str(published["derive"])) if "derive" in published else source
    frames, k = frames_of(path, derive), int(published["k"])
    starts = window_starts(len(frames), k, tail=False)
    windows = list(iter_windows(ArrayFrames(frames), starts, k, dlib_detector(), PLUS, "numba"))
    found = np.stack([window.features for window in windows])
    np.testing.assert_allclose(found, published["features36"], rtol=0, atol=5e-5)
    for window, box in zip(windows, published["crop_top_bottom_left_right"], strict=True):
        assert tuple(window.face.box if window.face else (-1,) * 4) == tuple(box)


def windows_of(clip: Frame, engine: Engine, rois: str = "me_tst_plus") -> list[Window]:
    made = iter_windows(ArrayFrames(clip), [0, 5], 10, FakeDetector(), roi_set(rois), engine)
    return list(made)


def test_the_ten_channels_are_among_them() -> None:
    assert PLUS.channels == 36
    clip = video(3, 15)
    both = zip(windows_of(clip, "numba", "me_tst"), windows_of(clip, "numba"), strict=True)
    for ten, all_of_them in both:
        rows = [0, 1, 8, 9, 16, 17, 28, 29, 30, 31]
        np.testing.assert_array_equal(all_of_them.features[rows], ten.features)


@pytest.mark.parametrize("engine", ["numba", "torch"])
def test_a_window_begins_to_move_with_its_face(engine: Engine) -> None:
    clip = video(3, 15)
    clip[:7] = 0
    first, second = windows_of(clip, engine)
    assert (first.start, first.reference, second.start, second.reference) == (0, 7, 5, 7)
    assert not first.features[:, :8].any()
    assert first.features[:, 8:].any(axis=1).all()
    np.testing.assert_array_equal(first.features[:, 7:], second.features[:, 2:5])


def test_areas_are_cut_like_arrays() -> None:
    points = template()
    points[20] = 50, 30
    region, inside = Box(-5, 60, 45, 100), Box(0, 60, 45, 100)
    area = Sliced(20, up=10, down=10, left=10, right=10).area(region, inside, points)
    assert area == Box(25, 45, 50, 15)  # columns -5 ... 14: from the end
    assert area.empty


def test_a_roi_without_a_pixel_moves_against_the_head() -> None:
    far = template()
    far[48:68] += 500  # the mouth
    source, detector = ArrayFrames(video(1, 5)), FakeDetector(points=far)
    for rois, mouth in ((PLUS, 16), (ME_TST_ROIS, 4)):
        (window,) = iter_windows(source, [0], 5, detector, rois, "numba")
        assert bool(window.features[mouth, 1:].all()) == rois.against_head


def test_skin_below_an_eye() -> None:
    points = template()
    points[36:42] = [[20, 50], [30, 45], [40, 45], [60, 51], [40, 55], [30, 56]]
    eye = UnderEye(36, 41, top=0, bottom=0, left=0, right=0)
    assert eye.box(points) == Box(60, 80, 20, 60)  # middle 50.5, width 40


@pytest.mark.parametrize("name", ["me_tst", "me_tst_plus"])
def test_a_set_survives_json(name: str) -> None:
    rois = roi_set(name)
    assert roi_set_of(json.loads(json.dumps(asdict(rois)))) == rois
