"""Which of several faces is meant."""

import numpy as np

from metst.features.followed_face import FollowedFace
from metst.features.roi_flow.crop import CROP_SIZE
from metst.video.face import Landmarks

FRAME = np.zeros((100, 400), np.uint8)
CROP = np.zeros((CROP_SIZE, CROP_SIZE), np.uint8)


def face(x: float, width: float) -> Landmarks:
    across = np.linspace(x - width / 2, x + width / 2, 68)
    return np.stack([across, np.full(68, 50.0)], axis=1).astype(np.int64)


class Seen:
    """A detector that sees what it is given."""

    name = "reported"

    def __init__(self) -> None:
        self.now: list[Landmarks] = []

    def faces(self, grey: np.ndarray) -> list[Landmarks]:  # noqa: ARG002
        return self.now


def following() -> tuple[Seen, FollowedFace]:
    seen = Seen()
    return seen, FollowedFace(seen)  # type: ignore[arg-type]


def test_the_largest_first_then_the_one_that_is_where_it_was() -> None:
    seen, followed = following()
    large, small = face(100, 60), face(300, 40)
    seen.now = [small, large]
    assert followed.detect(FRAME) is large
    seen.now = [face(320, 90), nearer := face(110, 55)]
    assert followed.detect(FRAME) is nearer
    assert (followed.most, followed.lost) == (2, 0)


def test_another_face_is_taken_up_when_it_is_gone() -> None:
    seen, followed = following()
    seen.now = [face(100, 60)]
    followed.detect(FRAME)
    seen.now = [far := face(300, 40)]
    assert followed.detect(FRAME) is far
    assert followed.lost == 1
    seen.now = []
    assert followed.detect(FRAME) is None


def test_after_a_cut_the_largest_is_taken_again() -> None:
    seen, followed = following()
    seen.now = [face(100, 60)]
    followed.detect(FRAME)
    followed.new_shot()
    seen.now = [face(100, 30), large := face(300, 70)]
    assert followed.detect(FRAME) is large
    assert followed.lost == 0


def test_the_crop_of_a_face_does_not_move_what_is_followed() -> None:
    seen, followed = following()
    seen.now = [face(100, 60)]
    followed.detect(FRAME)
    seen.now = [face(160, 200)]
    assert followed.detect(CROP) is seen.now[0]
    seen.now = [face(300, 70), near := face(105, 60)]
    assert followed.detect(FRAME) is near


def test_a_face_that_left_is_taken_up_when_it_is_back() -> None:
    seen, followed = following()
    seen.now = [face(100, 60)]
    followed.detect(FRAME)
    seen.now = []
    assert followed.detect(FRAME) is None
    seen.now = [face(300, 80), back := face(110, 60)]
    assert followed.detect(FRAME) is back
    assert followed.lost == 0


def test_after_landmarks_between_pixels_no_crop_is_expected() -> None:
    seen, followed = following()
    seen.now = [face(100, 60) + 0.25]
    followed.detect(CROP)
    seen.now = [face(300, 90), near := face(110, 60) + 0.25]
    assert followed.detect(CROP) is near
