"""Flow that nobody measured: noise, and a bump for every expression.

Shapes: W windows of k frames, C flow channels, T sub-sampled frames of a video.
"""

import numpy as np
from numpy.typing import NDArray

from metst.base.randomness import generator
from metst.datasets.labels import Expression, Kind, Recording
from metst.features.roi_flow import ME_TST_ROIS, flow_entry
from metst.features.store import Entry
from metst.features.windows import window_starts

JITTER, DRIFT = 0.09, 0.03
"""Crop pixels of measurement noise and of drift, per frame; as large as in the demo's flow."""

MOVED: dict[Kind, float] = {"micro": 1.5, "macro": 1.0, "blink": 0.8}
"""Crop pixels that an expression moves the ROIs, on average: others look like MEs, but smaller."""

BOX = (0, 300, 0, 300)
"""Face crop that is stored with every window."""


def features(recording: Recording, k: int, seed: int = 100) -> Entry:
    """Flow windows of a video as the extraction would store them."""
    track = _track(recording, seed)  # (C, T)
    starts = window_starts(recording.frames, k, tail=True)
    columns = starts[:, None] + np.arange(k)  # (W, k)
    windows = track[:, columns].transpose(1, 0, 2)  # (W, C, k)
    boxes = np.tile(np.array(BOX, np.int64), (len(starts), 1))
    return flow_entry(windows - windows[:, :, :1], starts, starts, boxes, recording.frames)


def _track(recording: Recording, seed: int) -> NDArray[np.float32]:
    """Displacement (C, T) of every channel through a video."""
    rng = generator(seed, "rehearsal", "flow", recording.subject, recording.video)
    shape = (ME_TST_ROIS.channels, recording.frames)
    track = rng.normal(0, DRIFT, shape).cumsum(axis=1) + rng.normal(0, JITTER, shape)
    for e in recording.expressions:
        pattern = generator(seed, "rehearsal", "pattern", e.kind, e.emotion or "").normal(size=10)
        height = MOVED[e.kind] * rng.uniform(0.7, 1.3)
        track += height * pattern[:, None] * _envelope(e, recording)
    return track.astype(np.float32)


def _envelope(e: Expression, recording: Recording) -> NDArray[np.float64]:
    """Share (T,) of the apex's displacement in each frame: raised cosines, 0 outside."""
    first, skip = recording.timebase.first, recording.timebase.skip
    numbers = np.arange(recording.frames) * skip + first
    apex = (e.onset + e.offset) / 2 if e.apex is None else e.apex
    share = np.interp(numbers, (e.onset - 1, apex, e.offset + 1), (0.0, 1.0, 0.0))  # (T,)
    return 0.5 - 0.5 * np.cos(np.pi * share)
