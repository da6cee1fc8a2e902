"""Exact truth beside measured windows of rendered heads.

Shapes: T frames, V vertices, C channels, A areas, k frames per window, N frames with landmarks.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.bench.ideal.person import measure
from experiments.bench.ideal.points import Points, points
from metst.datasets.heads.landmarks import LANDMARKS
from metst.datasets.heads.render.scene import Scene
from metst.features.roi_flow import RoiSet, Window
from metst.features.roi_flow.alignment import ALIGNMENTS, STILL
from metst.video.face import DlibDetector

Array = NDArray[Any]

EVERY = 5  # frames between two that landmarks are looked for in
OUTER_EYES = (36, 45)  # landmarks; their distance is the unit of landmark errors


def truth(scene: Scene, vertices: Array, window: Window, raw: RoiSet) -> tuple[Array, ...]:
    """What perfect flow would measure in a window.

    Args:
        scene: who is seen.
        vertices: places (T, V, 3) in each frame.
        window: as measured.
        raw: the ROIs and then the reference, with nothing to subtract.

    Returns:
        `exact`, `aligned`, `head`, `left` and `raw_exact` of `Case`, for this window.
    """
    face, zero, k = window.face, np.zeros(1, np.int64), window.features.shape[1]
    assert face is not None
    part = vertices[window.start : window.start + k]
    first = vertices[window.start if window.reference is None else window.reference]
    shown = points(scene, first, face)
    places = np.stack([shown.places(frame) for frame in part])
    exact, head = measure(shown, places, zero, k)
    all_shown = points(scene, first, face, raw)
    all_places = np.stack([all_shown.places(frame) for frame in part])
    raw_exact, _ = measure(all_shown, all_places, zero, k)
    aligned, left = _aligned(all_shown, all_places)
    return exact[0], aligned, head[0], left, raw_exact[0]


def _aligned(shown: Points, places: Array) -> tuple[Array, Array]:
    """Motion (C, k) by perfect flow after moves of the box, and what they leave of the head's."""
    k = len(places)
    motions, left = np.zeros((k, 2 * len(shown.shares) - 4)), np.zeros(k)
    shift = np.zeros(2)  # frame pixels
    for j in range(1, k):
        for alignment in range(ALIGNMENTS + 1):
            pair = np.stack([places[0], places[j] - shift * shown.scale]).astype(np.float32)
            found = measure(shown, pair, np.zeros(1, np.int64), 2)[0][0, :, 1]  # (C + 2,)
            head = found[-2:]
            if alignment == ALIGNMENTS or head @ head <= STILL**2:
                break
            shift += np.round(head)
        motions[j] = found[:-2] - np.tile(head, len(found) // 2 - 1)
        left[j] = np.sqrt(head @ head)
    return motions.T, left


def landmark_errors(grey: Array, vertices: Array, detector: DlibDetector) -> Array:
    """Errors (N, 68, 2) of dlib, in distances of the outer corners of the eyes."""
    errors = []
    for t in range(0, len(grey), EVERY):
        found = detector.detect(grey[t])
        if found is not None:
            true = vertices[t][np.array(LANDMARKS), :2] - 0.5
            eyes = np.linalg.norm(true[OUTER_EYES[1]] - true[OUTER_EYES[0]])
            errors.append((found - true) / eyes)
    return np.array(errors)


def agreement(flow: Array, truth: Array) -> tuple[float, float, float]:
    """Slope of measured on true motion, RMS error, correlation."""
    flow, truth = flow.astype(float), truth.astype(float)
    error = float(np.sqrt(((flow - truth) ** 2).mean()))
    return float(flow @ truth / (truth @ truth)), error, float(np.corrcoef(flow, truth)[0, 1])
