"""Landmarks of one frame, made steadier by those of the frames around it."""

from collections.abc import Iterator

import numpy as np

from metst.base.errors import ConfigError
from metst.video import FrameSource
from metst.video.face import FaceDetector, LandmarkDetector, Landmarks


def smoothed(
    source: FrameSource,
    index: int,
    found: Landmarks,
    detector: LandmarkDetector,
    span: int,
) -> Landmarks:
    """Landmarks at a frame, from straight lines in time fitted to those around it.

    A head that moves evenly is not displaced by that. The face is followed from the frame to both
    sides, as far as it is seen.

    Args:
        source: the video.
        index: the frame.
        found: what was found there.
        detector: follows the face.
        span: frames on either side.

    Raises:
        ConfigError: the detector cannot follow a face.
    """
    if not isinstance(detector, FaceDetector):
        msg = f"data.samples.smooth: expected 0, as the detector {detector.name} follows no face"
        raise ConfigError(msg)
    seen = {0: found, **dict(_around(source, index, found, detector, span))}
    places = np.reshape(list(seen.values()), (len(seen), -1))
    line = np.polyfit(list(seen), places, deg=min(1, len(seen) - 1))
    return np.asarray(line[-1].reshape(found.shape), np.float64)


def _around(
    source: FrameSource,
    index: int,
    found: Landmarks,
    detector: FaceDetector,
    span: int,
) -> Iterator[tuple[int, Landmarks]]:
    """Frames around the one in which a face was found, counted from it, and its landmarks there."""
    for side in (-1, 1):
        last: Landmarks | None = found
        for offset in range(side, side * (span + 1), side):
            if last is None or not 0 <= index + offset < len(source):
                break
            last = detector.follow(source.read(index + offset), last)
            if last is not None:
                yield offset, last
