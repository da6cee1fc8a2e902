"""The frames of a video: one face, moved by its events, its head, the light and the camera."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from metst.base.randomness import generator
from metst.datasets.demo.actions import Field, unit_field
from metst.datasets.demo.options import DemoOptions
from metst.datasets.demo.portrait import Face, Picture, displaced
from metst.datasets.demo.script import Event, VideoScript

SLOW_SECONDS: Final = 1.5
"""Time constant of head and light, s: both are slower than any expression."""

DRIFT: Final = 2.0
"""Standard deviation of the head's place, px of the reference picture, each axis."""

DRIFT_ROLL: Final = 0.006
"""Standard deviation of the head's roll, rad."""

LIGHT: Final = 0.04
"""Standard deviation of the brightness, relative; the same from one edge to the other."""

NOISE: Final = 1.0
"""Standard deviation of the sensor noise, grey levels of 255."""

NOISE_MARGIN: Final = 256
"""Places per axis, px, for a frame in the noise: 65,536, so that hardly two frames share one."""


def render(script: VideoScript, face: Face, options: DemoOptions) -> Iterator[Picture]:
    """Frames (S, S, 3) of a video in order, BGR.

    Args:
        script: the events; the generator of head, light and noise is keyed by its names.
        face: the person, S px wide.
        options: those that the script was written for.
    """
    rng = generator(options.seed, "demo", script.subject, script.video, "frames")
    camera = _Camera.draw(options, rng)
    fields = {event: _event_field(event, face, options.size) for event in script.events}
    for number in range(1, options.frames + 1):
        motion = camera.head(number)  # (S, S, 2)
        for event, field in fields.items():
            if share := event.envelope(number):
                motion += np.float32(share) * field
        yield camera.shoot(face.picture, motion, number)


def _event_field(event: Event, face: Face, size: int) -> Field:
    units = [unit_field(unit, face.landmarks, size) for unit in event.units]
    field: Field = np.asarray(event.amplitude * np.sum(units, axis=0), np.float32)
    return field


@dataclass(frozen=True)
class _Camera:
    """What moves and shines on its own, frame by frame.

    Attributes:
        grid: coordinates (S, S, 2) of the pixels as (x, y).
        drift: head (T, 3): x, y in px, roll in rad.
        light: brightness (T, 3): overall, left to right, top to bottom.
        noise: sensor noise, larger than a frame by `NOISE_MARGIN`; every frame shows a random
            part of it, since fresh noise would take a third of the time.
        rng: of the part that is shown, drawn frame after frame.
    """

    grid: NDArray[np.float32]
    drift: NDArray[np.float32]
    light: NDArray[np.float32]
    noise: NDArray[np.float32]
    rng: np.random.Generator

    @staticmethod
    def draw(options: DemoOptions, rng: np.random.Generator) -> "_Camera":
        axis = np.arange(options.size, dtype=np.float32)
        grid = np.stack(np.meshgrid(axis, axis), axis=-1)  # (S, S, 2)
        shift = DRIFT * options.scale
        drift = _slow(options, rng) * np.array([shift, shift, DRIFT_ROLL], np.float32)
        light = np.float32(1) + np.float32(LIGHT) * _slow(options, rng)
        side = options.size + NOISE_MARGIN
        noise = np.float32(NOISE) * rng.standard_normal((side, side), np.float32)
        return _Camera(grid, drift, light, noise, rng)

    def head(self, number: int) -> Field:
        """Displacement field (S, S, 2) of the head: a shift and a roll about the middle."""
        x, y, roll = self.drift[number - 1]
        middle = np.float32(len(self.grid) / 2)
        field = np.empty_like(self.grid)
        field[..., 0] = x - roll * (self.grid[..., 1] - middle)
        field[..., 1] = y + roll * (self.grid[..., 0] - middle)
        return field

    def shoot(self, picture: Picture, motion: Field, number: int) -> Picture:
        """The picture displaced by `motion`, in this frame's light, with noise."""
        moved = displaced(picture, self.grid - motion)
        size = len(picture)
        overall, across, along = self.light[number - 1]
        slope = np.linspace(-0.5, 0.5, size, dtype=np.float32)
        gain = overall + (across - 1) * slope + (along - 1) * slope[:, None]  # (S, S)
        row, column = self.rng.integers(NOISE_MARGIN, size=2)
        noise = np.ascontiguousarray(self.noise[row : row + size, column : column + size])
        lit = cv2.multiply(moved, cv2.merge([gain] * 3), dtype=cv2.CV_32F)  # (S, S, 3)
        exposed = cv2.add(lit, cv2.merge([noise] * 3), dtype=cv2.CV_8U)  # rounds and saturates
        return np.asarray(exposed, np.uint8)


def _slow(options: DemoOptions, rng: np.random.Generator) -> NDArray[np.float32]:
    """Three independent slow curves (T, 3) of unit variance and mean 0."""
    sigma = SLOW_SECONDS * options.fps
    rough = rng.standard_normal((options.frames, 3))
    gain = np.sqrt(2 * sigma * np.sqrt(np.pi))  # white noise filtered by a Gaussian of sigma
    curve: NDArray[np.float32] = (gain * gaussian_filter1d(rough, sigma, axis=0)).astype(np.float32)
    return curve
