"""The face of a video: where it is, and its landmarks in the crop."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.features.flow_images.face import cut, find_face
from metst.features.roi_flow import NoFaceError
from metst.features.roi_flow.boxes import Box
from metst.video import ArrayFrames, Frame
from tests.support.boxed_faces import BOX, CROP, BoxedFaces
from tests.support.dlib import dlib_detector
from tests.support.faces import SIDE, video
from tests.support.parity import each


@pytest.mark.parametrize("path", each("systems/flow/flow_images_*.npz"))
def test_published_faces(path: Path) -> None:
    published = np.load(path)
    name = path.name.replace("flow_images_", "flow_")
    frames = np.load(path.parents[2] / name)["frames"][published["frame_index"]]
    source, detector = ArrayFrames(frames), dlib_detector()
    left, top, right, bottom = published["box_left_top_right_bottom"].tolist()
    mean, softnet = (find_face(source, detector, images) for images in ("mean", "softnet"))
    assert mean.box == softnet.box == (top, bottom, left, right)
    crops = np.stack([cut(frame, mean.box) for frame in frames])
    np.testing.assert_allclose(crops.astype(int), published["face"], atol=1)
    np.testing.assert_array_equal(mean.landmarks, published["landmarks_mean"])
    np.testing.assert_array_equal(softnet.landmarks, published["landmarks_softnet"])


def test_the_last_face_of_a_frame_is_taken() -> None:
    face = find_face(ArrayFrames(video(1, 1)), BoxedFaces(), "mean")
    assert (face.index, face.box) == (0, BOX)


def test_a_box_stays_in_the_frame() -> None:
    beyond = BoxedFaces((-9, 100, 150, SIDE + 30))
    assert find_face(ArrayFrames(video(1, 1)), beyond, "mean").box == (0, 100, 150, SIDE)


def test_without_a_face_the_next_frames_are_searched() -> None:
    clip = video(1, 4)
    clip[:3] = 0
    assert find_face(ArrayFrames(clip), BoxedFaces(), "softnet").index == 3
    with pytest.raises(NoFaceError, match="no face found in 3 frames"):
        find_face(ArrayFrames(clip[:3]), BoxedFaces(), "mean")


@pytest.mark.parametrize(("seen", "expected"), [((True, True), 0), ((False, True), 1), ((), None)])
def test_softnet_looks_for_the_face_in_crops(seen: tuple[bool, ...], expected: int | None) -> None:
    """Crop by crop; where none shows a face, landmarks are those of the whole crop."""

    class Choosy(BoxedFaces):
        def __init__(self) -> None:
            super().__init__()
            self.seen = list(seen)

        def boxes(self, grey: Frame, upsampled: int = 0) -> list[tuple[int, int, int, int]]:
            if grey.shape != (CROP, CROP):
                return super().boxes(grey, upsampled)
            return [(10, 90, 10, 90), (0, 9, 0, 9)] if self.seen and self.seen.pop(0) else []

        def landmarks(self, grey: Frame, box: tuple[int, int, int, int]) -> Frame:
            self.searched = grey, box
            return super().landmarks(grey, (0, CROP, 0, CROP))

    detector, clip = Choosy(), video(1, 2, speed=3)
    find_face(ArrayFrames(clip), detector, "softnet")
    crop, box = detector.searched
    assert box == ((0, CROP, 0, CROP) if expected is None else (10, 90, 10, 90))
    np.testing.assert_array_equal(crop, cut(clip[expected or 0], Box(*BOX)))


def test_dlib_finds_small_faces_in_doubled_images() -> None:
    data = pytest.importorskip("skimage.data")  # the NASA portrait of Eileen Collins
    large = np.asarray(cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2GRAY), np.uint8)
    small = np.asarray(cv2.resize(large, None, fx=0.5, fy=0.5), np.uint8)
    detector = dlib_detector()
    assert not detector.boxes(small)
    (box,) = detector.boxes(small, 1)
    expected = detector.detect(large)
    assert expected is not None
    np.testing.assert_allclose(2 * detector.landmarks(small, box), expected, atol=4)
