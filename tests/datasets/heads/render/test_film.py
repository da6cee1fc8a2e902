"""Frames of a video: exposure, and the same pixels in every process and on every machine."""

import os
import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.render import film
from metst.datasets.heads.render.shade import display
from metst.datasets.heads.script.video import VideoScript
from tests.support.scenes import moment, person, photo, script

SIZE = 180
PROGRAM = """
import hashlib
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.render.film import frames
from metst.datasets.heads.script import write_plans, write_script

options = HeadsOptions(subjects=2, minutes=0.25, micro=2, size=150, seed=4)
digest = hashlib.sha256()
for plan in write_plans(options)[:2]:
    for number, frame in enumerate(frames(options, write_script(options, plan))):
        if number % 9 == 0:
            digest.update(frame.data)
print(digest.hexdigest())
"""


@pytest.fixture(autouse=True)
def _one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "scene_of", lambda *_: person(1, SIZE))


def filmed(video: VideoScript) -> list[NDArray[np.uint8]]:
    return list(film.frames(HeadsOptions(size=SIZE), video))


def test_a_still_frame_is_one_picture() -> None:
    still = moment({"mouthSmile": 0.3}, (0.1, 0, 0, 0, 0, 0))
    frames = filmed(script([still] * 2, blur=0.5))
    for frame in frames:
        np.testing.assert_array_equal(frame, photo(person(1, SIZE), still))


@pytest.mark.parametrize("yaw", [0.02, 0.08])
def test_blur_is_the_mean_over_the_exposure(yaw: float) -> None:
    moments = [moment({"jawOpen": share}, (share * yaw, 0, 0, 0, 0, 0)) for share in (-0.0, 0.5, 1)]
    video, scene = script(moments, blur=0.8), person(1, SIZE)
    times = 1 + 0.8 * ((np.arange(16) + 0.5) / 16 - 0.5)
    light = np.mean([scene.picture(film.moment(video, t)) for t in times], axis=0, dtype=np.float32)
    wanted = np.empty((SIZE, SIZE, 3), np.uint8)
    display(light, wanted)
    frame, sharp = filmed(video)[1], photo(scene, moments[1])
    error = np.abs(frame.astype(float) - wanted)
    assert error.mean() < 0.4
    assert error.mean() < 0.4 * np.abs(sharp.astype(float) - wanted).mean()


def test_between_frames_everything_is_linear() -> None:
    video = script([moment(), moment({"jawOpen": 1}, (0.2, 0, 0, 0, 0, 0), (0.1, 0))])
    between = film.moment(video, 0.25)
    np.testing.assert_allclose(between.units, video.units[1] / 4)
    np.testing.assert_allclose(between.pose, video.pose[1] / 4)
    for outside, inside in ((-1, 0), (9, 1)):
        np.testing.assert_array_equal(film.moment(video, outside).gaze, video.gaze[inside])


def test_what_passes_hides_the_face() -> None:
    video = script([moment()] * 2)
    video.occluder[1] = 0.5, 0.2, 0.6
    free, hidden = filmed(video)
    apart = film.scene_of(HeadsOptions(), "").eyes_apart * person(1, SIZE).scale
    rows, columns = np.indices((SIZE, SIZE)) + 0.5
    far = np.hypot(columns - (SIZE / 2 + 0.5 * apart), rows - (SIZE / 2 - 0.2 * apart)) / apart
    aside, below = np.abs(columns - SIZE / 2 - 0.5 * apart) / apart, rows > SIZE / 2 - 0.2 * apart
    changed = (free != hidden).any(-1)
    assert changed[far < 0.4].all()
    assert changed[below & (aside < 0.25)].all()  # the forearm
    assert not changed[(far > 0.9) & (~below | (aside > 0.9))].any()


@pytest.mark.slow
def test_every_machine_draws_the_same_pixels() -> None:
    """In another process, and without the vector instructions of this processor."""
    plain = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    plain["NPY_DISABLE_CPU_FEATURES"] = _vector_features()
    digests = [
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", PROGRAM],
            env={**os.environ, **extra},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
        for extra in ({}, {}, plain)
    ]
    assert len(set(digests)) == 1


def _vector_features() -> str:
    """Those of NumPy's optional features that this processor has."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    return " ".join(name for name in __cpu_dispatch__ if __cpu_features__[name])
