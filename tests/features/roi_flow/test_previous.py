"""Motion from frame to frame, added up: against a plain implementation, and in odd situations."""

import weakref
from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.features.roi_flow import ME_TST_ROIS, extract_windows, iter_motion, iter_windows, join
from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.layout import Layout
from metst.features.roi_flow.rois import Roi
from metst.video import ArrayFrames, Frame
from tests.support.faces import SIDE, FakeDetector, shifted, template, texture, video

EVERY = 5  # frames between detections


def plain_piece(frames: Frame, box: list[int]) -> np.ndarray:
    """Motion (10, F) of F frames whose first one shows the template in the box."""
    layout = Layout(template(), ME_TST_ROIS)
    flows = {region: np.zeros((b.height, b.width, 2)) for region, b in layout.regions.items()}
    out = [np.zeros(10)]
    before = crop_of(frames[0], box)
    for frame in frames[1:]:
        crop = crop_of(frame, box)
        head = mean(layout, ME_TST_ROIS.reference, flows, before, crop)
        for _ in range(3):
            if (head**2).sum() <= 1:
                break
            right, down = np.round(head * (box[3] - box[2]) / 320).astype(int)
            box = [box[0] + down, box[1] + down, box[2] + right, box[3] + right]
            crop = crop_of(frame, box)
            head = mean(layout, ME_TST_ROIS.reference, flows, before, crop)
        moved = [mean(layout, roi, flows, before, crop) - head for roi in ME_TST_ROIS.rois]
        out.append(np.concatenate(moved))
        for region, area in layout.regions.items():
            flows[region] = flows[region] + flow_between(before, crop, area)
        before = crop
    return np.array(out).T


def crop_of(frame: Frame, box: list[int]) -> Frame:
    crop = cv2.resize(frame[box[0] : box[1], box[2] : box[3]], (320, 320))
    return crop.astype(np.uint8)


def flow_between(before: Frame, crop: Frame, box: Box) -> np.ndarray:
    patches = (np.ascontiguousarray(image[box.pixels]) for image in (before, crop))
    flow = cv2.calcOpticalFlowFarneback(*patches, np.empty(0), 0.5, 3, 15, 5, 7, 1.5, 0)
    return np.asarray(flow, np.float64)


def mean(layout: Layout, roi: Roi, flows: dict, before: Frame, crop: Frame) -> np.ndarray:
    flow = flows[roi.region] + flow_between(before, crop, layout.regions[roi.region])
    vectors = flow[layout.areas[roi].pixels].reshape(-1, 2)
    longest = vectors[np.argsort((vectors**2).sum(1), kind="stable")]
    return longest[int(len(vectors) * (1 - roi.share)) :].mean(0)


@pytest.mark.parametrize("speed", [0.0, 0.9])
def test_equals_a_plain_implementation(speed: float) -> None:
    frames = video(3, 13, speed)
    # Eyes at (100, 110) and (140, 110): half their distance is 20, see FakeDetector.
    box = [110 - 70, 110 + 110, 120 - 90, 120 + 90]
    pieces = [piece.features for piece in iter_motion(ArrayFrames(frames), EVERY, FakeDetector())]
    assert [piece.shape for piece in pieces] == [(10, 6), (10, 6), (10, 3)]
    for start, piece in zip(range(0, 13, EVERY), pieces, strict=False):
        expected = plain_piece(frames[start : start + EVERY + 1], box)
        assert np.abs(expected).max() > 0.5  # there is something to measure
        np.testing.assert_allclose(piece, expected, atol=1e-3)


def test_a_video_is_one_sequence_and_windows_are_cut_from_it() -> None:
    source, k = ArrayFrames(video(4, 23)), 2 * EVERY
    pieces = [piece.features for piece in iter_motion(source, EVERY, FakeDetector())]
    motion = join(pieces)
    assert motion.shape == (10, 23)
    for start, piece in zip(range(0, 23, EVERY), pieces, strict=True):
        end = start + piece.shape[1]
        np.testing.assert_allclose(motion[:, start:end] - motion[:, [start]], piece, atol=1e-5)
    starts = [0, 5, 10, 13]  # the last one is a tail window
    windows = list(iter_windows(source, starts, k, FakeDetector(), reference="previous"))
    assert [window.start for window in windows] == starts
    assert [window.reference for window in windows] == [0, 5, 10, 10]
    for window in windows:
        expected = motion[:, window.start : window.start + k] - motion[:, [window.start]]
        np.testing.assert_allclose(window.features, expected, atol=1e-5)
        assert window.features.dtype == np.float32
        assert (window.features[:, 0] == 0).all()


def test_it_follows_slow_motion_as_flow_from_the_first_frame_does() -> None:
    frames = video(2, 10)
    windows = iter_windows(ArrayFrames(frames), [0], 10, FakeDetector(), reference="previous")
    features = next(iter(windows)).features
    expected = extract_windows(frames, 10, detector=FakeDetector())[0]
    assert np.corrcoef(features.ravel(), expected.ravel())[0, 1] > 0.9


def test_head_motion_alone_is_subtracted() -> None:
    still = texture(3)
    frames = np.stack([shifted(still, 0.8 * t, -0.5 * t) for t in range(20)])
    pieces = [p.features for p in iter_motion(ArrayFrames(frames), 10, FakeDetector())]
    assert np.abs(join(pieces)).max() < 1.0  # the crop moved by up to 27 of its own pixels


class FadingFrames:
    """Makes frames when they are read, and counts reads and the most that are alive."""

    def __init__(self, length: int) -> None:
        self.length, self.still, self.path = length, texture(8), Path("made up")
        self.reads = self.alive = self.most = 0

    def __len__(self) -> int:
        return self.length

    def read(self, index: int) -> Frame:
        frame = shifted(self.still, 0.01 * index, 0)
        self.reads += 1
        self.alive += 1
        self.most = max(self.most, self.alive)
        weakref.finalize(frame, self.forget)
        return frame

    def forget(self) -> None:
        self.alive -= 1


def test_each_frame_is_read_once_and_few_are_in_memory() -> None:
    source, detector = FadingFrames(60), FakeDetector()
    starts = range(0, 51, 5)
    windows = list(iter_windows(source, starts, 10, detector, reference="previous"))
    assert len(windows) == 11
    assert source.reads == 60
    assert source.most <= EVERY + 2
    assert detector.searched == 2 * 12  # in the frame and in the crop, every five frames


def test_nothing_moves_where_no_face_is() -> None:
    clip = video(9, 21)
    clip[:11] = 0
    pieces = list(iter_motion(ArrayFrames(clip), 10, FakeDetector()))
    assert [piece.reference for piece in pieces] == [12, 10 + 3]
    clip[:] = 0
    pieces = list(iter_motion(ArrayFrames(clip), 10, FakeDetector()))
    assert [piece.face for piece in pieces] == [None, None]
    assert (join([piece.features for piece in pieces]) == 0).all()


@pytest.mark.parametrize(("frames", "shape"), [(1, (10, 1)), (2, (10, 2)), (EVERY + 1, (10, 6))])
def test_short_videos(frames: int, shape: tuple[int, int]) -> None:
    pieces = [p.features for p in iter_motion(ArrayFrames(video(0, frames)), EVERY, FakeDetector())]
    assert join(pieces).shape == shape
    windows = iter_windows(ArrayFrames(video(0, frames)), [], 10, FakeDetector(), ME_TST_ROIS)
    assert list(windows) == []


def test_a_face_at_the_border_is_measured() -> None:
    frames = video(5, 11, speed=2.0)
    detector = FakeDetector(x=SIDE - 30, y=25)
    pieces = [p.features for p in iter_motion(ArrayFrames(frames), EVERY, detector)]
    assert np.isfinite(join(pieces)).all()
