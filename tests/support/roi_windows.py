"""ROI flow of a video in memory, with given faces or with those that a detector finds."""

import numpy as np
from numpy.typing import NDArray

from metst.features.roi_flow import (
    ME_TST_ROIS,
    RELEASED,
    Engine,
    Features,
    Method,
    check_faces,
    iter_windows,
    stack,
)
from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.crop import Face
from metst.features.roi_flow.engines import measure
from metst.features.roi_flow.track import Track
from metst.features.windows import window_starts
from metst.video import ArrayFrames, Frame
from metst.video.face import LandmarkDetector, Landmarks


def extract_windows(
    frames: Frame,
    k: int,
    *,
    detector: LandmarkDetector,
    engine: Engine = "auto",
    method: Method = RELEASED,
) -> Features:
    """Windows (W, C, k) of a video (T, H, W) at the regular starts 0, k/2, k, ..."""
    source = ArrayFrames(frames)
    starts = window_starts(len(frames), k, tail=False)  # (W,)
    windows = list(iter_windows(source, starts, k, detector, engine=engine, method=method))
    check_faces(source, windows)
    return stack([w.features for w in windows], ME_TST_ROIS, k)


def windows_of_faces(
    frames: Frame,
    k: int,
    landmarks: Landmarks,
    boxes: NDArray[np.int64],
    engine: Engine = "auto",
) -> Features:
    """The same with the face of each window given: landmarks (W, 68, 2) in the crop, box (W, 4)."""
    starts = window_starts(len(frames), k, tail=False).tolist()
    faces = [Face(Box(*box.tolist()), points) for box, points in zip(boxes, landmarks, strict=True)]
    tracks = (
        Track(s, k, s, face, frames[s], list(frames[s + 1 : s + k]))
        for s, face in zip(starts, faces, strict=True)
    )
    measured = measure(tracks, ME_TST_ROIS, engine)
    return stack([features for _, features in measured], ME_TST_ROIS, k)
