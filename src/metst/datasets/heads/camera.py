"""From the frames of the scene to those that are stored: sensor, lost frames, H.264.

Shapes: S side of a frame, T own frames of the video.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.randomness import generator
from metst.datasets.generated.filming import Picture
from metst.datasets.generated.h264 import compressed
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.script.video import VideoScript

DARK: Final = 0.3
"""Share of the variance at mid grey that does not depend on the light."""

MID_GREY: Final = 128.0

MARGIN: Final = 256
"""Places per axis, px, for a frame in the grain."""

GRAIN_STEPS: Final = 24
"""Steps of the grain per standard deviation: whole numbers are the same on every machine."""


def recorded(
    options: HeadsOptions, script: VideoScript, scene: Iterable[Picture]
) -> Iterator[Picture]:
    """Frames (S, S, 3) of a video as they are stored, before JPEG; as many as `script.frames`.

    Args:
        options: their seed is that of the noise.
        script: of the video.
        scene: exposed frames without noise, in the order of time.
    """
    camera = script.camera
    seen = held(noisy(options.seed, script, scene), camera.kept)
    return seen if camera.h264 is None else compressed(seen, options.fps, camera.h264)


def held(frames: Iterable[Picture], kept: NDArray[np.int32]) -> Iterator[Picture]:
    """The frame that each own frame shows: a copy of an earlier one, or frames are left out.

    Args:
        frames: of the scene.
        kept: number (T,) of the frame that is shown, from 0, never falling.
    """
    coming = enumerate(frames)
    at, frame = next(coming)
    for number in kept:
        while at < number:
            at, frame = next(coming)
        yield frame


def noisy(seed: int, script: VideoScript, scene: Iterable[Picture]) -> Iterator[Picture]:
    """Frames (S, S, 3) with sensor noise: each from its own key, so that any can be made alone."""
    noise, key = script.camera.noise, ("heads", script.subject, script.video, "noise")
    grain: _Grain | None = None
    for t, frame in enumerate(scene):
        grain = grain or _Grain.of(noise, len(frame), generator(seed, *key))
        yield grain.over(frame, generator(seed, *key, t))


@dataclass(frozen=True)
class _Grain:
    """Noise of one video, cut from two sheets, since fresh noise would take too long.

    Two frames share the noise of a pixel only where both of their places agree, one of 65,536 each.

    Attributes:
        sheets: whole numbers (2, S + MARGIN, S + MARGIN, 3), normally distributed.
        deviation: standard deviation (256,) of each grey level, per unit of both sheets' sum. The
            variance is a linear function of the light (EMVA Standard 1288).
    """

    sheets: NDArray[np.int8]
    deviation: NDArray[np.float32]

    @staticmethod
    def of(noise: float, size: int, rng: np.random.Generator) -> "_Grain":
        side = size + MARGIN
        drawn = np.rint(GRAIN_STEPS * rng.standard_normal((2, side, side, 3), np.float32))
        variance = noise**2 * (DARK + (1 - DARK) * np.arange(256) / MID_GREY)
        unit = GRAIN_STEPS * np.sqrt(2)
        deviation = (np.sqrt(variance) / unit).astype(np.float32)
        return _Grain(drawn.clip(-127, 127).astype(np.int8), deviation)

    def over(self, frame: Picture, rng: np.random.Generator) -> Picture:
        size = len(frame)
        (a, b), (c, d) = rng.integers(MARGIN, size=(2, 2)).tolist()
        first = self.sheets[0, a : a + size, b : b + size]
        second = self.sheets[1, c : c + size, d : d + size]
        both = cv2.add(first, second, dtype=cv2.CV_16S)
        noise = cv2.multiply(cv2.LUT(frame, self.deviation), both, dtype=cv2.CV_32F)
        return np.asarray(cv2.add(frame, noise, dtype=cv2.CV_8U), np.uint8)  # rounds, saturates
