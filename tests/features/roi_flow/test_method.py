"""Flow and alignment of ROI flow that are not the released ones."""

import cv2
import numpy as np
import pytest

from metst.base.errors import ConfigError
from metst.features.farneback import expand, flow_between
from metst.features.released import release_of
from metst.features.roi_flow import ME_TST_ROIS, RELEASED, Method, RoiFlow, curve, method_of
from metst.features.roi_flow.alignment import Fractions, view
from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.crop import Face, cut
from metst.features.roi_flow.curve import Follower
from metst.samples import FlowWindows
from metst.video import Frame
from tests.support.faces import FakeDetector, template, texture, video
from tests.support.roi_windows import extract_windows

METHODS = [Method(flow="dis"), Method(alignment="subpixel"), Method("dis", "subpixel")]
DETECTOR = FakeDetector()


def test_what_is_not_released_is_in_the_name_of_the_features() -> None:
    released = RoiFlow(8, detector=DETECTOR)
    assert not {"flow", "alignment"} & released.spec.parameters.keys()
    specs = [RoiFlow(8, detector=DETECTOR, method=method).spec for method in METHODS]
    assert len({released.spec.key, *(spec.key for spec in specs)}) == 4
    changed = {"flow": "dis", "alignment": "subpixel"}
    assert specs[-1].parameters == {**released.spec.parameters, **changed}


def test_samples_name_the_method() -> None:
    samples = FlowWindows(8, detector=DETECTOR, flow="dis", alignment="subpixel")
    assert samples.feature.method == Method("dis", "subpixel")
    assert method_of({"k": 8, "flow": "dis", "alignment": None}) == Method("dis")
    assert method_of({"k": 8}) == RELEASED


def test_released_features_stand_in_for_released_methods_only() -> None:
    assert release_of(RoiFlow(8, detector=DETECTOR)) is not None
    assert release_of(RoiFlow(8, detector=DETECTOR, method=METHODS[0])) is None


@pytest.mark.parametrize("setting", ["flow", "alignment"])
def test_unknown_names_are_refused(setting: str) -> None:
    with pytest.raises(ConfigError, match=rf"data\.samples\.{setting}: expected .+, got 'best'"):
        method_of({setting: "best"})


def drift(frames: int, right: float, down: float, frame: Frame) -> Frame:
    """Frames (T, H, W) in which everything moves so many pixels per frame, exactly."""
    large = cv2.resize(frame, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    moves = [np.array([[1, 0, 4 * t * right], [0, 1, 4 * t * down]]) for t in range(frames)]
    moved = [
        cv2.warpAffine(large, move, large.shape[::-1], borderMode=cv2.BORDER_REFLECT)
        for move in moves
    ]
    size = frame.shape[::-1]
    return np.stack([cv2.resize(m, size, interpolation=cv2.INTER_AREA) for m in moved])


@pytest.mark.parametrize("method", [RELEASED, *METHODS])
def test_head_motion_alone_is_subtracted(method: Method) -> None:
    frames = drift(8, 0.8, -0.5, texture(3))
    features = extract_windows(frames, 8, detector=DETECTOR, method=method)
    assert (features[:, :, 0] == 0).all()
    assert np.abs(features).max() < 0.25  # crop pixels; the head moved by 10


@pytest.mark.parametrize("method", METHODS)
def test_what_is_not_of_the_head_is_measured(method: Method) -> None:
    frames = video(5, 10)
    released, features = (
        extract_windows(frames, 10, detector=DETECTOR, method=m) for m in (RELEASED, method)
    )
    assert np.abs(released).max() > 1
    assert np.corrcoef(features.ravel(), released.ravel())[0, 1] > 0.7


def test_fractions_arrive_where_flow_sees_a_third_of_the_motion(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As Farneback's does on a nose bridge."""
    monkeypatch.setitem(
        curve.FLOWS,  # type: ignore[arg-type]
        "farneback",
        (expand, lambda first, second: flow_between(first, second) / 3),
    )
    first, *others = drift(8, 0.8, -0.5, texture(3))
    face, errors = Face(Box(20, 180, 30, 190), template()), {}
    for alignment in ("pixel", "subpixel"):
        follower = Follower(first, face, ME_TST_ROIS, method_of({"alignment": alignment}))
        for frame in others:
            follower.motion(frame)
        place = follower.view
        reached = place.box.left + getattr(place, "shift", (0, 0))[0] - face.box.left
        errors[alignment] = abs(reached - 0.8 * len(others))
    assert errors["subpixel"] < 0.3 < errors["pixel"]


@pytest.mark.parametrize("method", METHODS)
def test_engines_agree(method: Method) -> None:
    frames = video(3, 10, speed=0.9)
    one, other = (
        extract_windows(frames, 10, detector=DETECTOR, engine=engine, method=method)
        for engine in ("numba", "torch")
    )
    assert np.abs(one).max() > 1
    np.testing.assert_allclose(one, other, atol=1e-3, rtol=0)


@pytest.mark.parametrize("box", [Box(20, 200, 30, 210), Box(-10, 250, -30, 300)])
def test_a_box_at_whole_pixels_is_cut_as_ever(box: Box) -> None:
    frame = texture(7)
    place = view(Face(box, template()), frame, "subpixel")
    crop, expected = (image.astype(int) for image in (place.cut(frame), cut(frame, box)))
    inner = (crop - expected)[1:-1, 1:-1]  # at its border the box sees what is beside it
    assert np.abs(inner).max() <= 1  # grey values


def test_a_box_goes_as_far_as_the_head_but_not_out_of_the_frame() -> None:
    frame, place = texture(7), Fractions(Box(20, 180, 30, 190))  # half a pixel per crop pixel
    assert place.follow(np.array([3.0, -1.0]), frame).shift == (1.5, -0.5)
    for far in (1e6, -1e6):
        gone = place.follow(np.array([far, far]), frame)
        crop = gone.cut(frame)
        assert gone.shift != place.shift
        assert crop.std() < frame.std()  # a corner of the frame, repeated
        assert gone.follow(np.array([-far, -far]), frame).cut(frame).shape == crop.shape
