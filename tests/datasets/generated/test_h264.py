"""H.264: as many frames as before, nearly the same, and the same every time."""

from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from metst.datasets.generated.h264 import compressed, write_clip

Picture = NDArray[np.uint8]


def frames(count: int, height: int = 96, width: int = 96) -> Iterator[Picture]:
    rng = np.random.default_rng(0)
    rough = rng.integers(0, 256, (200, 300, 3)).astype(np.uint8)
    smooth = cv2.GaussianBlur(rough, (0, 0), 3)
    for t in range(count):
        yield np.ascontiguousarray(smooth[:height, t : t + width], np.uint8)


def grey(picture: Picture) -> NDArray[np.float64]:
    return picture.mean(axis=2)


@pytest.mark.parametrize("count", [1, 3, 70])
def test_frames_come_out_in_order_and_close_to_the_originals(count: int) -> None:
    out = list(compressed(frames(count), fps=30.0, crf=23))
    assert len(out) == count
    for t, picture in enumerate(out):
        errors = [np.abs(grey(picture) - grey(other)).mean() for other in frames(count)]
        assert np.argmin(errors) == t
        assert errors[t] < 3


def test_the_same_frames_give_the_same_pixels() -> None:
    """Noise and several recordings: the encoder's vector code was not repeatable by itself."""
    noise = np.random.default_rng(1).normal(0, 3, (50, 160, 160, 3))
    noisy = [
        np.clip(f + n, 0, 255).astype(np.uint8)
        for f, n in zip(frames(50, 160, 160), noise, strict=True)
    ]
    recordings = [np.stack(list(compressed(noisy, 30.0, 20))) for _ in range(12)]
    for other in recordings[1:]:
        np.testing.assert_array_equal(recordings[0], other)


def test_a_higher_factor_loses_more() -> None:
    before = np.stack(list(frames(30))).astype(int)
    losses = [
        np.abs(np.stack(list(compressed(frames(30), 30.0, crf))) - before).mean()
        for crf in (18, 28, 40)
    ]
    assert losses == sorted(losses)
    assert losses[0] < losses[2] / 2


def test_odd_sides_stay_as_they_are() -> None:
    out = list(compressed(frames(4, 91, 63), 30.0, 23))
    assert [picture.shape for picture in out] == [(91, 63, 3)] * 4


def test_nothing_stays_nothing() -> None:
    assert list(compressed([], 30.0, 23)) == []


def test_a_clip_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    write_clip(path, frames(25), 30.0)
    with av.open(str(path)) as video:
        shown = [frame.to_ndarray(format="bgr24") for frame in video.decode(video=0)]
        assert video.streams.video[0].average_rate == 30
    assert len(shown) == 25
    for before, after in zip(frames(25), shown, strict=True):
        assert np.abs(after.astype(int) - before).mean() < 6
