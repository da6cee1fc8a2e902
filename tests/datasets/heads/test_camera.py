"""The camera: noise of the right strength, white, keyed; lost frames; compression when asked."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from metst.datasets.heads.camera import held, noisy, recorded
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.script.video import Camera, VideoScript
from metst.datasets.heads.units import UNITS

SIZE = 160
OPTIONS = HeadsOptions(size=SIZE)


def script(frames: int, *, noise: float = 2.0, h264: int | None = None) -> VideoScript:
    def zeros(columns: int) -> NDArray[np.float32]:
        return np.zeros((frames, columns), np.float32)

    kept = np.arange(frames, dtype=np.int32)
    camera = Camera(noise, 0.5, 95, h264, kept)
    curves = (zeros(len(UNITS)), *(zeros(n) for n in (2, 6, 3, 3)))
    return VideoScript("spNO.1", "a", (), (), (), *curves, camera)


def grey(level: int, frames: int) -> list[NDArray[np.uint8]]:
    return [np.full((SIZE, SIZE, 3), level, np.uint8)] * frames


def residuals(level: int = 128, frames: int = 30, seed: int = 1) -> NDArray[np.float64]:
    return np.stack(list(noisy(seed, script(frames), grey(level, frames)))) - float(level)


@pytest.mark.parametrize("level", [20, 128, 230])
def test_noise_grows_with_the_light(level: int) -> None:
    found = residuals(level)
    wanted = 2.0 * np.sqrt(0.3 + 0.7 * level / 128)
    assert found.std() == pytest.approx(np.sqrt(wanted**2 + 1 / 12), rel=0.02)  # and rounding
    assert abs(found.mean()) < 0.02


def test_noise_is_white() -> None:
    """Neither neighbors nor colors nor the next frame have the same noise."""
    r = residuals()
    variance = r.var()
    pairs = [
        (r[:, :, :-1], r[:, :, 1:]),
        (r[:, :-1], r[:, 1:]),
        (r[:, :-3, :-2], r[:, 3:, 2:]),
        (r[..., 0], r[..., 1]),
        (r[:-1], r[1:]),
    ]
    for first, second in pairs:
        assert abs((first * second).mean() / variance) < 0.01


def test_noise_depends_on_its_key_alone() -> None:
    np.testing.assert_array_equal(residuals(), residuals())
    np.testing.assert_array_equal(residuals(frames=30)[:7], residuals(frames=7))
    assert (residuals(seed=2) != residuals()).mean() > 0.5


def test_bright_and_dark_do_not_wrap() -> None:
    assert residuals(255).max() == 0
    assert residuals(255).min() > -30
    assert residuals(0).min() == 0


def test_frames_are_repeated_and_left_out() -> None:
    scene = [np.full((2, 2, 3), t, np.uint8) for t in range(6)]
    shown = held(scene, np.array([0, 0, 2, 3, 3, 3], np.int32))
    assert [int(frame[0, 0, 0]) for frame in shown] == [0, 0, 2, 3, 3, 3]


def test_a_repeated_frame_repeats_its_noise() -> None:
    once = script(4)
    camera = replace(once.camera, kept=np.array([0, 1, 1, 3], np.int32))
    frames = list(recorded(OPTIONS, replace(once, camera=camera), grey(128, 4)))
    np.testing.assert_array_equal(frames[1], frames[2])
    assert (frames[0] != frames[1]).any()


def test_compression_takes_noise_away() -> None:
    clean = np.stack(list(recorded(OPTIONS, script(20), grey(128, 20))))
    coded = np.stack(list(recorded(OPTIONS, script(20, h264=30), grey(128, 20))))
    again = np.stack(list(recorded(OPTIONS, script(20, h264=30), grey(128, 20))))
    assert coded.shape == clean.shape == (20, SIZE, SIZE, 3)
    assert coded.std() < clean.std() / 2
    np.testing.assert_array_equal(coded, again)


def test_no_noise_changes_nothing() -> None:
    (frame,) = recorded(OPTIONS, script(1, noise=0.0), grey(77, 1))
    assert (frame == 77).all()
