"""Landmarks of a window's first frame, smoothed in time."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from metst.base.errors import ConfigError
from metst.features.roi_flow import Method, RoiFlow, iter_windows
from metst.features.roi_flow.crop import FaceFinder, locate
from metst.video import ArrayFrames, Frame
from metst.video.face import Landmarks
from tests.support.faces import FakeDetector, template, texture, video

SPEED = np.array([1.5, -0.5])  # px per frame


def at(number: int) -> Landmarks:
    """Where the face is in a frame."""
    places = template() / 4 + 60
    places[[39, 42], 0] += [-15, 15]
    return places + number * SPEED


@dataclass
class Drifting:
    """A face that moves evenly, seen with noise; a frame's first pixel is its number."""

    noise: float = 0.0
    gone: int = 1000
    seen: list[int] = field(default_factory=list)
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))
    name = "drifting"

    def detect(self, grey: Frame) -> Landmarks | None:
        number = int(grey[0, 0])
        self.seen.append(number)
        noise = self.rng.normal(0, self.noise, (68, 2))
        return None if number >= self.gone else at(number) + noise

    def faces(self, grey: Frame) -> list[Landmarks]:
        return [found] if (found := self.detect(grey)) is not None else []

    def follow(self, grey: Frame, last: Landmarks) -> Landmarks | None:
        return None if last is None else self.detect(grey)


def frames(number: int = 12) -> ArrayFrames:
    clip = np.stack([texture(1)] * number)
    clip[:, 0, 0] = np.arange(number)
    return ArrayFrames(clip)


def landmarks(detector: Drifting, smooth: int, start: int) -> Landmarks:
    found = FaceFinder(frames(), detector, smooth=smooth).find(start)
    assert found is not None
    return found[1].landmarks


@pytest.mark.parametrize("start", [0, 5, 11])  # also at the ends of the video
def test_an_even_motion_is_kept(start: int) -> None:
    one, smoothed = landmarks(Drifting(), 0, start), landmarks(Drifting(), 3, start)
    assert np.abs(one - smoothed).max() <= 1  # rounding in the crop


def test_noise_is_averaged() -> None:
    def spread(smooth: int) -> float:
        detector = Drifting(noise=1.0)
        return float(np.std([landmarks(detector, smooth, 6) for _ in range(20)], axis=0).mean())

    assert spread(4) < 0.6 * spread(0)


def test_a_face_is_followed_as_far_as_it_is_seen() -> None:
    detector = Drifting(gone=7)
    landmarks(detector, 4, 5)
    assert detector.seen == [5, 4, 3, 2, 1, 6, 7]


def test_landmarks_between_pixels_are_not_looked_for_in_the_crop() -> None:
    detector = Drifting()
    face = locate(frames().read(4), detector)
    assert face is not None and detector.seen == [4]
    inside = face.box.clip(240, 240)
    shown = (face.landmarks + 0.5) * np.array([inside.width, inside.height]) / 320
    assert np.abs(shown + np.array([inside.left, inside.top]) - 0.5 - at(4)).max() < 0.5


def test_windows_read_what_they_need_and_zero_is_as_released() -> None:
    clip, starts = ArrayFrames(video(3, 24)), [0, 5, 10, 14]
    released = list(iter_windows(clip, starts, 10, FakeDetector(), engine="numba"))
    same = iter_windows(clip, starts, 10, FakeDetector(), engine="numba", method=Method(smooth=0))
    for one, other in zip(released, same, strict=True):
        np.testing.assert_array_equal(one.features, other.features)
    assert RoiFlow(10).spec == RoiFlow(10, method=Method(smooth=0)).spec
    assert RoiFlow(10).spec != RoiFlow(10, method=Method(smooth=2)).spec


def test_a_detector_that_follows_no_face_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"data\.samples\.smooth: expected 0.*fake 1"):
        FaceFinder(ArrayFrames(video(1, 5)), FakeDetector(), smooth=2).find(0)
