"""Errors of measured flow: dlib, Farneback and the alignment by whole pixels, as few numbers.

`python -m experiments.bench.heads_errors --fit` measures them on rendered heads of 360 x 360 px.

Shapes: W windows of k frames, C channels: x and y of each ROI in turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

Codec = Literal["usual", "jpeg", "h264"]
"""How the frames are stored: JPEG 95, strong JPEG, or H.264 before."""

NOISES: Final = (0.0, 2.0, 4.0, 8.0)
"""Sensor noise, grey levels, of `Errors.grain`."""


@dataclass(frozen=True)
class Errors:
    """Measured flow beside ideal flow; lengths are crop pixels, times are frames.

    Attributes:
        gain: (C,) of motion that is measured.
        leak: (C,) of the head's motion that the reference leaves in.
        people: standard deviation of the leak between people, beside its mean.
        reach: head motion from which the leak grows no further: the crop follows from there.
        calm: sensor noise, grey levels, at which the leak has fallen to exp(-1).
        white: (C,) standard deviation from frame to frame at noise 2.
        grain: that of other noises (`NOISES`), beside it.
        slow: (C,) standard deviation of slow errors, per motion of head and ROI together since
            the window's first frame.
        still: motion that the slow errors are worth where nothing moves.
        time: their autocorrelation time.
        spread: standard deviation of the logarithm of their size, over windows: outliers.
        common: share of variance that all ROIs share, as the reference's errors are.
        codecs: factors of leak, white and slow errors.
    """

    gain: tuple[float, ...]
    leak: tuple[float, ...]
    people: float
    reach: float
    calm: float
    white: tuple[float, ...]
    grain: tuple[float, ...]
    slow: tuple[float, ...]
    still: float
    time: float
    spread: float
    common: float
    codecs: Mapping[Codec, tuple[float, float, float]]

    def of_person(self, rng: np.random.Generator) -> "Errors":
        """Those of one person: smooth noses leave more of the head's motion in."""
        share = float(np.clip(rng.normal(1, self.people), 0, 2))
        return replace(self, leak=tuple(min(1.0, share * leak) for leak in self.leak))

    def leaked(self, head: Floats, noise: float, codec: Codec) -> Floats:
        """Head motion (W, C, k) that is taken for motion of the ROIs.

        Args:
            head: (W, 2, k) true motion of the reference since the window's first frame.
            noise: of the sensor, grey levels.
            codec: how the frames are stored.
        """
        length = np.maximum(np.sqrt((head**2).sum(axis=1, keepdims=True)), 1e-6)
        held = head * np.minimum(1, self.reach / length)
        factor = np.exp(-((noise / self.calm) ** 2)) * self.codecs[codec][0]
        every = np.tile(held, (1, len(self.leak) // 2, 1))
        return np.asarray(every * (factor * np.array(self.leak))[:, None], np.float32)

    def deviations(
        self, ideal: Floats, head: Floats, noise: float, codec: Codec
    ) -> tuple[Floats, Floats]:
        """Standard deviations of white errors (C, 1) and of slow ones (W, C, k).

        The arguments are those of `disturbed`.
        """
        _, of_white, of_slow = self.codecs[codec]
        grain = np.interp(noise, NOISES, self.grain)
        white = np.array(self.white, np.float32)[:, None] * np.float32(grain * of_white)
        windows, channels, k = ideal.shape
        pairs = ideal.reshape(windows, channels // 2, 2, k)
        square = (pairs**2).sum(axis=2).repeat(2, axis=1)  # (W, C, k)
        square += (head**2).sum(axis=1, keepdims=True) + np.float32(self.still**2)
        slow = np.array(self.slow, np.float32)[:, None] * np.sqrt(square)
        return white, np.asarray(slow * np.float32(of_slow), np.float32)

    def disturbed(
        self, ideal: Floats, head: Floats, noise: float, codec: Codec, rng: np.random.Generator
    ) -> Floats:
        """Flow (W, C, k) as it would be measured.

        Args:
            ideal: (W, C, k).
            head: as in `leaked`.
            noise: as in `leaked`.
            codec: as in `leaked`.
            rng: draws the errors.
        """
        windows, channels, k = ideal.shape
        white, slow = self.deviations(ideal, head, noise, codec)
        sizes = rng.standard_normal((windows, channels, 1), np.float32) * np.float32(self.spread)
        slow *= np.exp(sizes - np.float32(self.spread**2))  # the mean square stays
        flow = ideal * np.array(self.gain, np.float32)[:, None] + self.leaked(head, noise, codec)
        flow += white * self._shared(rng, windows, channels, k)
        flow += slow * _slowed(self._shared(rng, windows, channels, k), self.time)
        flow[:, :, 0] = 0
        return np.asarray(flow, np.float32)

    def _shared(self, rng: np.random.Generator, windows: int, channels: int, k: int) -> Floats:
        """Normal noise (W, C, k); that of all ROIs along an axis is correlated."""
        own = rng.standard_normal((windows, channels, k), np.float32)
        both = rng.standard_normal((windows, 2, k), np.float32)
        mixed = np.sqrt(1 - self.common) * own
        mixed += np.sqrt(self.common) * np.tile(both, (1, channels // 2, 1))
        return np.asarray(mixed, np.float32)


def _slowed(noise: Floats, time: float) -> Floats:
    """White noise (..., k) as an autoregressive process of the same variance, in place."""
    kept = np.float32(np.exp(-1 / time))
    for j in range(1, noise.shape[-1]):
        noise[..., j] = kept * noise[..., j - 1] + np.sqrt(1 - kept**2) * noise[..., j]
    return noise


FITTED: Final = Errors(
    gain=(0.6, 0.845, 0.792, 0.863, 0.692, 0.381, 0.491, 0.398, 0.577, 0.388),
    leak=(0.478, 0.431, 0.52, 0.339, 0.595, 0.258, 0.487, 0.3, 0.547, 0.376),
    people=0.942,
    reach=2.0,
    calm=12.0,
    white=(0.0968, 0.0558, 0.0972, 0.0593, 0.127, 0.0843, 0.0919, 0.104, 0.0963, 0.0883),
    grain=(0.0482, 1.0, 1.92, 5.09),
    slow=(0.141, 0.107, 0.118, 0.0822, 0.143, 0.176, 0.0862, 0.0873, 0.0865, 0.0863),
    still=0.8,
    time=12.9,
    spread=0.794,
    common=0.549,
    codecs={"usual": (1.0, 1.0, 1.0), "jpeg": (1.37, 1.98, 1.38), "h264": (1.55, 0.879, 1.47)},
)
