"""Where faces are: the anchors and the weighted suppression of BlazeFace, short range.

As MediaPipe documents them: 896 anchors on grids of 16 x 16 (2 each) and 8 x 8 (6 each), boxes as
offsets from the middle of an anchor, boxes that overlap averaged by their scores
(Bazarevsky et al. 2019, arXiv:1907.05047; `mediapipe/modules/face_detection`).

Shapes: N candidates.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.video import Frame
from metst.video.mesh.networks import FINDER_SIDE, Networks

GRIDS: Final = ((16, 2), (8, 6))
"""Cells per side, and anchors in each cell."""

SURE: Final = 0.5
"""Least probability of a face."""

OVERLAP: Final = 0.3
"""Intersection over union above which two candidates are one face."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """A face that was found, or a candidate for one.

    Attributes:
        score: its probability.
        corners: (4, 2) as (x, y) in pixels of the image: the least and the greatest of its box,
            the middles of the left and of the right eye.
    """

    score: float
    corners: Array

    def moved(self, right: float, down: float) -> "Found":
        """The same in an image of which the one that was searched is a part."""
        return replace(self, corners=self.corners + np.array([right, down]))

    def overlap(self, other: "Found") -> float:
        """Intersection over union of both boxes."""
        low = np.maximum(self.corners[0], other.corners[0])
        shared = np.clip(np.minimum(self.corners[1], other.corners[1]) - low, 0, None).prod()
        areas = [(face.corners[1] - face.corners[0]).prod() for face in (self, other)]
        return float(shared / max(sum(areas) - shared, 1e-9))


def find(grey: Frame, networks: Networks) -> list[Found]:
    """Faces of an image (H, W), the most certain first."""
    height, width = grey.shape
    scale = FINDER_SIDE / max(height, width)
    rows, columns = (max(round(length * scale), 1) for length in (height, width))
    top, left = (FINDER_SIDE - rows) // 2, (FINDER_SIDE - columns) // 2
    image = np.full((FINDER_SIDE, FINDER_SIDE), -1, np.float32)  # black around it
    small = cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA)
    image[top : top + rows, left : left + columns] = small / np.float32(127.5) - 1
    places, logits = networks.candidates(image)
    sure = np.flatnonzero(logits >= np.log(SURE / (1 - SURE)))
    points = places[sure].reshape(-1, 8, 2)[:, :4].astype(np.float64)  # middle, size, two eyes
    points[:, [0, 2, 3]] += _anchors()[sure, None]
    low, high = points[:, 0] - points[:, 1] / 2, points[:, 0] + points[:, 1] / 2
    corners = np.stack([low, high, points[:, 2], points[:, 3]], axis=1)  # (N, 4, 2)
    corners = (corners - np.array([left, top])) * np.array([width / columns, height / rows]) - 0.5
    scores = 1 / (1 + np.exp(-logits[sure].astype(np.float64)))
    return united(map(Found, scores.tolist(), corners))


def united(candidates: Iterable[Found]) -> list[Found]:
    """Those that overlap as one, their mean weighted by scores; the most certain first."""
    left = sorted(candidates, key=lambda face: -face.score)
    faces: list[Found] = []
    while left:
        first = left[0]
        same = [face for face in left if face is first or face.overlap(first) > OVERLAP]
        left = [face for face in left if not any(face is one for one in same)]
        weights = [face.score for face in same]
        mean = np.average([face.corners for face in same], axis=0, weights=weights)
        faces.append(Found(first.score, mean))
    return faces


@cache
def _anchors() -> Array:
    """Middles (896, 2) of the anchors, px."""
    parts = []
    for cells, each in GRIDS:
        middle = (np.arange(cells) + 0.5) * FINDER_SIDE / cells
        grid = np.stack(np.meshgrid(middle, middle), axis=-1).reshape(-1, 2)
        parts.append(np.repeat(grid, each, axis=0))
    return np.concatenate(parts)
