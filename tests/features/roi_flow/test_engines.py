"""The two ways to compute the flow give the same features."""

import logging
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from metst.base.errors import VideoError
from metst.features.roi_flow import (
    Engine,
    Window,
    engines,
    iter_windows,
)
from metst.features.roi_flow.batch import BLOCK, TopMeans
from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.top_mean import top_mean
from metst.video import ArrayFrames, Frame, FrameSource
from tests.support.faces import FakeDetector, template, video
from tests.support.roi_windows import extract_windows, windows_of_faces

TOLERANCE = 1e-3  # crop pixels


def measured(source: FrameSource, starts: list[int], engine: Engine, x: int = 120) -> list[Window]:
    return list(iter_windows(source, starts, 10, FakeDetector(x=x), engine=engine))


@pytest.mark.parametrize("x", [120, 30])  # in the middle, at the border
def test_equal_features(x: int) -> None:
    source, starts = ArrayFrames(video(3, 27, speed=0.9)), [0, 5, 10, 15, 17]
    one = measured(source, starts, "numba", x)
    other = measured(source, starts, "torch", x)
    assert max(np.abs(window.features).max() for window in one) > 1
    for a, b in zip(one, other, strict=True):
        assert (a.start, a.reference) == (b.start, b.reference)
        assert b.features.dtype == np.float32
        np.testing.assert_allclose(a.features, b.features, atol=TOLERANCE, rtol=0)


def test_windows_without_a_face() -> None:
    clip = video(9, 20)
    clip[:5] = clip[8:] = 0
    source, starts = ArrayFrames(clip), [0, 5, 10]
    one, other = (measured(source, starts, engine) for engine in ("numba", "torch"))
    assert [window.reference for window in one] == [6, 5, 7]
    clip[:] = 0
    clip[5] = 99  # only a window that begins here shows a face
    one, other = (measured(source, starts, engine) for engine in ("numba", "torch"))
    assert [window.reference for window in one] == [None, 5, None]
    for a, b in zip(one, other, strict=True):
        assert a.reference == b.reference
        np.testing.assert_allclose(a.features, b.features, atol=TOLERANCE, rtol=0)


def test_regions_outside_the_crop_do_not_move() -> None:
    points = template()
    points[48:68] += 500  # the mouth
    clip, boxes = video(1, 10), np.array([[20, 200, 30, 210]])
    one = windows_of_faces(clip, 10, points[None], boxes, engine="numba")
    other = windows_of_faces(clip, 10, points[None], boxes, engine="torch")
    assert (one[0, 4:6] == 0).all()
    np.testing.assert_allclose(one, other, atol=TOLERANCE, rtol=0)


@pytest.mark.slow
def test_published_features_in_batches(published: dict[str, NDArray[Any]]) -> None:
    boxes = published["crop_top_bottom_left_right"]
    features = windows_of_faces(
        published["frames"], int(published["k"]), published["landmarks"], boxes, engine="torch"
    )
    np.testing.assert_allclose(features, published["features"], atol=TOLERANCE, rtol=0)


class WatchedFrames(ArrayFrames):
    """Shows in which threads frames are read; frame `broken` cannot be."""

    def __init__(self, frames: Frame, broken: int = -1) -> None:
        super().__init__(frames)
        self.broken = broken
        self.threads: set[int] = set()
        self.last = -1

    def read(self, index: int) -> Frame:
        if index == self.broken:
            raise VideoError(self.path, "broken")
        self.threads.add(threading.get_ident())
        self.last = max(self.last, index)
        return super().read(index)


def test_frames_are_read_ahead_and_no_further() -> None:
    """While some windows are measured the next ones are read, by another thread."""
    source = WatchedFrames(video(0, 5 * BLOCK))
    starts = range(0, 4 * BLOCK, 2)
    windows = iter_windows(source, starts, 4, FakeDetector(), engine="torch")
    next(windows)
    windows.close()  # type: ignore[attr-defined]
    assert source.threads.isdisjoint({threading.get_ident()})
    assert source.last <= 2 * 2 * BLOCK + 2  # two blocks of windows, two frames apart


def test_a_frame_that_cannot_be_read_is_told() -> None:
    source = WatchedFrames(video(0, 20), broken=7)
    with pytest.raises(VideoError, match="broken"):
        measured(source, [0, 5, 10], "torch")


@pytest.fixture
def _undecided() -> Iterator[None]:
    """The choice is made anew, and again by the next test."""
    engines.gpu.cache_clear()
    yield
    engines.gpu.cache_clear()


@pytest.mark.usefixtures("_undecided")
def test_auto_takes_the_cpu_where_there_is_no_gpu(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clip = video(2, 10)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with caplog.at_level(logging.INFO, logger="metst"):
        chosen = extract_windows(clip, 10, detector=FakeDetector())
    exact = extract_windows(clip, 10, detector=FakeDetector(), engine="numba")
    np.testing.assert_array_equal(chosen, exact)
    assert "GPU" not in caplog.text


@pytest.mark.usefixtures("_undecided")
def test_auto_takes_a_gpu_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    devices = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Abacus 3000")
    monkeypatch.setattr(
        "metst.features.roi_flow.batch.curves", lambda *a: devices.append(a[-1]) or iter(())
    )
    with caplog.at_level(logging.INFO, logger="metst"):
        for _ in range(3):
            extract_windows(video(2, 10), 10, detector=FakeDetector())
    assert devices == ["cuda"] * 3
    assert caplog.text.count("computed on the GPU (Abacus 3000)") == 1


@pytest.mark.parametrize("share", [0.2, 0.7])
def test_top_means_are_those_of_each_area(share: float) -> None:
    rng = np.random.default_rng(1)
    flow = rng.normal(size=(3, 2, 2, 9, 11)).astype(np.float32)  # (N, F, 2, H, W)
    areas = [Box(0, 9, 0, 11), Box(2, 5, 3, 4), Box(4, 4, 0, 11)]  # all, few, none
    means = TopMeans(areas, share, (9, 11), torch.device("cpu"))(torch.from_numpy(flow))
    assert means.shape == (3, 2, 2)
    for n, area in enumerate(areas):
        for f in range(2):
            expected = top_mean(flow[n, f][:, *area.pixels], share)
            np.testing.assert_allclose(means[n, f], expected, atol=1e-6)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_equal_features_on_a_gpu() -> None:
    source, starts = ArrayFrames(video(3, 27, speed=0.9)), [0, 5, 10, 15, 17]
    one, other = (measured(source, starts, engine) for engine in ("numba", "auto"))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a.features, b.features, atol=TOLERANCE, rtol=0)
