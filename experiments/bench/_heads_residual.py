"""What the errors of measured flow leave unexplained in videos of rendered heads.

Shapes: W windows, C channels, k frames per window.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.bench._heads import Case, Condition
from experiments.bench.ideal.noise import Codec, Errors

Array = NDArray[Any]

MEDIAN_OF_SQUARES: Final = 0.455
"""Median of the square of a standard normal number."""


def codec_of(condition: Condition) -> Codec:
    """How a condition stores frames."""
    if condition.h264 is not None:
        return "h264"
    return "usual" if condition.jpeg > 90 else "jpeg"


def residual(case: Case, errors: Errors) -> Array:
    """What gain and leak do not explain of a video (W, C, k)."""
    codec = codec_of(case.condition)
    codec = codec if codec in errors.codecs else "usual"
    leaked = errors.leaked(case.head, case.condition.noise, codec)
    return case.measured - case.ideal * np.array(errors.gain)[:, None] - leaked


def weights_of(case: Case) -> Array:
    """Of the frames (W, C, k): errors grow with motion and noise; 0 for the first."""
    square = (case.head**2).sum(axis=1, keepdims=True)  # (W, 1, k)
    pairs = case.ideal.reshape(len(case.ideal), -1, 2, case.ideal.shape[2])
    square = square + (pairs**2).sum(axis=2).repeat(2, axis=1)
    weights = 1 / (0.1 + 0.15 * np.sqrt(square) + case.condition.noise / 8) ** 2
    weights[:, :, 0] = 0
    return np.asarray(weights)


def joined(parts: Sequence[Array]) -> Array:
    """Arrays (W, C, k) as one (C, N)."""
    return np.concatenate([part.transpose(1, 0, 2).reshape(10, -1) for part in parts], axis=1)


def white_of(some: Iterable[Case], errors: Errors) -> Array:
    """Variance (C,) of what differs from frame to frame, by the median, for faces move as well."""
    left = np.concatenate([residual(case, errors)[:, :, 1:] for case in some])
    squares = np.median(np.diff(left, axis=2) ** 2, axis=(0, 2)) / MEDIAN_OF_SQUARES / 2
    return np.asarray(np.maximum(squares, 1e-6))


def excess(case: Case, errors: Errors) -> Array:
    """Variance (C,) of a video's residual beyond the white one."""
    white, _ = errors.deviations(case.ideal, case.head, case.condition.noise, "usual")
    mean = (residual(case, errors)[:, :, 1:] ** 2).mean(axis=(0, 2))
    return np.asarray(np.maximum(mean - white[:, 0] ** 2, 1e-4))


def predicted(case: Case, errors: Errors) -> Array:
    """Standard deviation (W, C, k - 1) of the slow errors."""
    codec = codec_of(case.condition)
    codec = codec if codec in errors.codecs else "usual"
    return errors.deviations(case.ideal, case.head, case.condition.noise, codec)[1][:, :, 1:]


def leak_of(some: Sequence[Case], errors: Errors) -> float:
    """Factor of the leak in some videos."""
    above = below = 0.0
    for case in some:
        leaked = errors.leaked(case.head, case.condition.noise, "usual")
        left = residual(case, errors) + leaked
        above += float((weights_of(case) * left * leaked).sum())
        below += float((weights_of(case) * leaked**2).sum())
    return above / below
