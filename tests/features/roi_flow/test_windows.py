"""Flow windows against published features, a plain implementation, and in odd situations."""

import warnings
import weakref
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from experiments.bench._plain import plain_windows
from metst.features.roi_flow import ME_TST_ROIS, NoFaceError, iter_windows
from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.crop import locate
from metst.video import ArrayFrames, Frame
from metst.video.face import Landmarks
from tests.support.dlib import dlib_detector
from tests.support.faces import SIDE, FakeDetector, shifted, template, texture, video
from tests.support.roi_windows import extract_windows, windows_of_faces

CHANNELS = ME_TST_ROIS.channels
TOLERANCE = 1e-3  # crop pixels


def test_published_features_with_their_landmarks(published: dict[str, NDArray[Any]]) -> None:
    boxes = published["crop_top_bottom_left_right"]
    features = windows_of_faces(
        published["frames"], int(published["k"]), published["landmarks"], boxes
    )
    assert features.dtype == np.float32
    np.testing.assert_allclose(features, published["features"], atol=TOLERANCE, rtol=0)


def test_published_features_with_own_detection(published: dict[str, NDArray[Any]]) -> None:
    k, expected = int(published["k"]), published["features"]
    starts = range(0, len(expected) * k // 2, k // 2)
    windows = list(iter_windows(ArrayFrames(published["frames"]), starts, k, dlib_detector()))
    boxes = published["crop_top_bottom_left_right"].tolist()
    agreeing = [
        i
        for i, window in enumerate(windows)
        if window.face is not None
        and window.face.box == Box(*boxes[i])
        and (window.face.landmarks == published["landmarks"][i]).all()
    ]
    assert agreeing, "detection agrees with the given landmarks in no window"
    if others := sorted(set(range(len(windows))) - set(agreeing)):
        warnings.warn(f"other landmarks than given are detected in windows {others}", stacklevel=1)
    for i in agreeing:
        np.testing.assert_allclose(windows[i].features, expected[i], atol=TOLERANCE, rtol=0)


def random_faces(seed: int, windows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Landmarks and boxes of several windows, near but not at the template."""
    rng = np.random.default_rng(seed)
    landmarks = template() + rng.integers(-4, 5, (windows, 68, 2))
    boxes = np.array([20, 200, 30, 210]) + rng.integers(-15, 16, (windows, 4))
    return landmarks, boxes


@pytest.mark.parametrize("seed", range(4))
def test_equals_a_plain_implementation(seed: int) -> None:
    k = 10
    frames = video(seed, 25, speed=0.4)  # fast enough that the crop has to follow
    landmarks, boxes = random_faces(seed, 4)
    features = windows_of_faces(frames, k, landmarks, boxes)
    expected = plain_windows(frames, k, landmarks, boxes)
    assert features.shape == (4, CHANNELS, k)
    assert np.abs(expected).max() > 1  # there is something to measure
    np.testing.assert_allclose(features, expected, atol=TOLERANCE, rtol=0)


def test_first_column_is_zero_and_a_still_video_does_not_move() -> None:
    frames = np.repeat(texture(1)[None], 10, axis=0)
    features = extract_windows(frames, 10, detector=FakeDetector())
    assert np.abs(features).max() < 0.05  # the bias of Farneback's pyramid, 1/20 pixel
    moving = extract_windows(video(2, 10), 10, detector=FakeDetector())
    assert (moving[:, :, 0] == 0).all()
    assert (moving[:, :, 1:] != 0).any()


def test_head_motion_alone_is_subtracted() -> None:
    still = texture(3)
    frames = np.stack([shifted(still, 0.5 * t, -0.3 * t) for t in range(8)])
    features = extract_windows(frames, 8, detector=FakeDetector())
    assert np.abs(features).max() < 0.5  # the crop moved by up to 6 of its own pixels


def test_a_short_video_has_no_window() -> None:
    features = extract_windows(video(0, 5), 10, detector=FakeDetector())
    assert features.shape == (0, CHANNELS, 10)


def test_a_box_across_the_border_is_stretched() -> None:
    """As the authors' released code does: what is inside fills the crop."""
    clip = video(0, 10)
    across = windows_of_faces(clip, 10, template()[None], np.array([[20, 200, -30, 150]]))
    inside = windows_of_faces(clip, 10, template()[None], np.array([[20, 200, 0, 150]]))
    np.testing.assert_array_equal(across[:, :, 1], inside[:, :, 1])


ODD_FACES = {
    "at the left border": FakeDetector(x=10, y=110, unit=20),
    "at the right border": FakeDetector(x=SIDE - 5, y=110, unit=20),
    "at the top": FakeDetector(x=120, y=2, unit=20),
    "at the bottom": FakeDetector(x=120, y=SIDE - 3, unit=20),
    "larger than the frame": FakeDetector(x=120, y=120, unit=110),
    "tiny": FakeDetector(x=120, y=120, unit=1),
    "landmarks left of the crop": FakeDetector(points=template() - [250, 0]),
    "landmarks above the crop": FakeDetector(points=template() - [0, 150]),
    "landmarks below the crop": FakeDetector(points=template() - [0, -150]),
    "all landmarks in one point": FakeDetector(points=np.full((68, 2), 160, np.int64)),
}


@pytest.mark.parametrize("name", ODD_FACES)
def test_odd_faces_are_measured_without_wrapping(name: str) -> None:
    features = extract_windows(video(5, 8, speed=1.5), 8, detector=ODD_FACES[name])
    assert features.shape == (1, CHANNELS, 8)
    assert np.isfinite(features).all()
    assert np.abs(features).max() < 40  # pixels: nothing was compared with another place


def test_a_region_outside_the_crop_does_not_move() -> None:
    points = template()
    points[17:22, 1] -= 200  # the left brow
    features = extract_windows(video(5, 8), 8, detector=FakeDetector(points=points))
    assert (features[:, :2] == 0).all()
    assert (features[:, 2:, 1:] != 0).all()


def test_a_head_that_leaves_the_frame_stays_finite() -> None:
    still = texture(7)
    frames = np.stack([shifted(still, -25.0 * t, 0) for t in range(10)])
    features = extract_windows(frames, 10, detector=FakeDetector(x=40))
    assert np.isfinite(features).all()


def faces_at(frames: int, visible: set[int]) -> Frame:
    """A video that is black, so without a face, except in some frames."""
    clip = video(9, frames)
    hidden = [t for t in range(frames) if t not in visible]
    clip[hidden] = 0
    return clip


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        ({0, 10}, [0, 10]),  # the first frame itself
        ({4, 13}, [None, 4]),  # back in steps of three before forward; nothing from frame 0
        ({6, 13}, [6, 13]),  # forward in steps of three
        ({5}, [None, None]),  # missed by every step
    ],
)
def test_the_search_for_a_face(visible: set[int], expected: list[int | None]) -> None:
    source = ArrayFrames(faces_at(20, visible))
    windows = list(iter_windows(source, [0, 10], 10, FakeDetector()))
    assert [w.reference for w in windows] == expected
    for window in windows:
        assert (window.face is None) == (window.reference is None)
        assert (window.features[:, 0] == 0).all()
        assert window.face is not None or (window.features == 0).all()


def test_the_reference_image_is_the_frame_with_the_face() -> None:
    """A window that begins in the dark is measured from the frame that shows the face."""
    clip = video(9, 16)
    clip[6] = 0
    dark = next(iter_windows(ArrayFrames(clip), [6], 10, FakeDetector()))
    assert dark.reference == 3
    # The same with frame 3 put in the place of the dark one: there it is the first frame.
    clip[6] = clip[3]
    bright = next(iter_windows(ArrayFrames(clip), [6], 10, FakeDetector()))
    np.testing.assert_array_equal(dark.features, bright.features)


def test_a_video_without_any_face_is_an_error() -> None:
    with pytest.raises(NoFaceError, match="no face found in 20 frames"):
        extract_windows(np.zeros((20, SIDE, SIDE), np.uint8), 10, detector=FakeDetector())


class CountingFrames(ArrayFrames):
    """Counts how often each frame is read."""

    def __init__(self, frames: Frame) -> None:
        super().__init__(frames)
        self.reads = [0] * len(frames)

    def read(self, index: int) -> Frame:
        self.reads[index] += 1
        return super().read(index)


def test_frames_are_read_once_and_faces_searched_once_per_window() -> None:
    source, detector = CountingFrames(video(4, 40)), FakeDetector()
    windows = list(iter_windows(source, range(0, 31, 5), 10, detector))
    assert len(windows) == 7
    assert max(source.reads) == 1
    assert detector.searched == 2 * len(windows)  # in the frame and in the crop
    whole = extract_windows(source.frames, 10, detector=FakeDetector())
    np.testing.assert_array_equal(np.stack([w.features for w in windows]), whole)


def test_a_real_face_that_leaves_and_returns() -> None:
    data = pytest.importorskip("skimage.data")  # the NASA portrait of Eileen Collins
    still = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2GRAY)[:300, 80:380].astype(np.uint8)
    away = [0, 0, 0, 0, 10, 60, 130, 200, 300, 300, 300, 300, 200, 130, 60, 10, 0, 0, 0, 0]
    clip = np.full((len(away), *still.shape), 60, np.uint8)
    for frame, right in zip(clip, away, strict=True):
        frame[:, right:] = still[:, : still.shape[1] - right]
    windows = list(iter_windows(ArrayFrames(clip), [0, 5, 10], 10, dlib_detector()))
    references = [window.reference for window in windows]
    assert references[0] == 0
    assert references[2] in (7, 4, 1)  # at frame 10 she is out of sight
    assert all(np.isfinite(window.features).all() for window in windows)


class FadingFrames:
    """Makes frames when they are read, and counts how many of them are alive."""

    def __init__(self, length: int) -> None:
        self.length, self.still = length, texture(8)
        self.path = Path("made up")
        self.alive = self.most = 0

    def __len__(self) -> int:
        return self.length

    def read(self, index: int) -> Frame:
        frame = shifted(self.still, 0.01 * index, 0)
        self.alive += 1
        self.most = max(self.most, self.alive)
        weakref.finalize(frame, self.forget)
        return frame

    def forget(self) -> None:
        self.alive -= 1


@pytest.mark.parametrize("length", [40, 160])
def test_at_most_a_window_of_frames_is_in_memory(length: int) -> None:
    source, k = FadingFrames(length), 20
    starts = range(0, length - k + 1, k // 2)
    for _ in iter_windows(source, starts, k, FakeDetector()):
        pass
    assert source.most <= k + 1


def test_a_face_not_found_again_keeps_the_scale_of_its_whole_box() -> None:
    points = template().copy() // 4 + 60
    points[[39, 42]] = [[150, 160], [170, 160]]  # the crop reaches beyond the frame, to 205

    class Once(FakeDetector):
        def detect(self, grey: Frame) -> Landmarks | None:
            return points if grey.shape == (200, 200) else None

    face = locate(np.zeros((200, 200), np.uint8), Once())
    assert face is not None
    assert face.box == Box(125, 215, 115, 205)
    assert face.landmarks[39].tolist() == [int(35 * 320 / 90), int(35 * 320 / 90)]
