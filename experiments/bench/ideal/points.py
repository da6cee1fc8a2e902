"""Points of the skin that the ROIs of a face show.

Shapes: P points, A areas (the ROIs, then the reference), V vertices.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.landmarks import LANDMARKS
from metst.datasets.heads.render.figure import Figure, Moment
from metst.datasets.heads.units import UNITS
from metst.features.roi_flow.crop import CROP_SIZE, Face, locate
from metst.features.roi_flow.layout import Layout
from metst.features.roi_flow.rois import ME_TST_ROIS, RoiSet
from metst.video import Frame
from metst.video.face import Landmarks

Floats = NDArray[np.float32]

PER_AREA: Final = 48
"""Points of an area, about: its mean changes by less than 0.01 px with four times as many."""


@dataclass(frozen=True)
class Points:
    """Points of the skin, followed wherever they go.

    Attributes:
        corners: (P, 3) vertices of the triangle that a point lies in.
        weights: (P, 3) of the corners.
        scale: (2,) crop pixels per picture element, across and down.
        first: (A + 1,) first point of each area.
        shares: (A,) part of an area's motions, the longest ones, that is averaged.
    """

    corners: NDArray[np.int32]
    weights: Floats
    scale: Floats
    first: NDArray[np.int64]
    shares: Floats

    def places(self, places: Floats) -> Floats:
        """Places (P, 2), crop pixels, of the points, from those (V, 3) of the vertices."""
        held = places[self.corners, :2] * self.weights[..., None]  # (P, 3, 2)
        return np.asarray(held.sum(axis=1) * self.scale, np.float32)


def points(figure: Figure, places: Floats, face: Face, rois: RoiSet = ME_TST_ROIS) -> Points:
    """Points that the areas of a face show; those that show the background are left out.

    Args:
        figure: whose face it is.
        places: (V, 3) of the vertices in the frame that the face was found in.
        face: crop box and landmarks.
        rois: what is measured.
    """
    layout, inside = Layout(face.landmarks, rois), face.box.clip(figure.size, figure.size)
    shown, weights = figure.surface(places)
    step = np.array([inside.width, inside.height]) / CROP_SIZE  # picture elements per crop pixel
    areas = (*rois.rois, rois.reference)
    corners, shares, first = [], [], [0]
    for roi in areas:
        region, area = layout.regions[roi.region], layout.areas[roi]
        apart = max(1.0, (max(area.height, 0) * max(area.width, 0) / PER_AREA) ** 0.5)
        down = region.top + np.arange(area.top + apart / 2, area.bottom, apart)
        across = region.left + np.arange(area.left + apart / 2, area.right, apart)
        row = (inside.top + down * step[1]).astype(int).clip(0, figure.size - 1)
        column = (inside.left + across * step[0]).astype(int).clip(0, figure.size - 1)
        seen = shown[row[:, None], column].ravel()
        kept = weights[row[:, None], column].reshape(-1, 2)[seen >= 0]
        corners.append(figure.triangles[seen[seen >= 0]])
        shares.append(np.concatenate([1 - kept.sum(1, keepdims=True), kept], axis=1))
        first.append(first[-1] + len(kept))
    return Points(
        np.concatenate(corners),
        np.concatenate(shares).astype(np.float32),
        (1 / step).astype(np.float32),
        np.array(first, np.int64),
        np.array([roi.share for roi in areas], np.float32),
    )


def rest() -> Moment:
    """A moment in which nothing is moved."""
    units, gaze, pose = (np.zeros(n, np.float32) for n in (len(UNITS), 2, 6))
    return Moment(units, gaze, pose, np.array([1, 0, 0], np.float32))


def face_at(figure: Figure, places: Floats) -> Face:
    """The face where its true landmarks are, as a perfect detector would find it."""
    landmarks = np.rint(places[np.array(LANDMARKS), :2] - 0.5).astype(np.int64)
    blank = np.zeros((figure.size, figure.size), np.uint8)
    face = locate(blank, _Known(landmarks, blank.shape))
    assert face is not None  # the face of a figure is in the picture
    return face


class _Known:
    """A detector of landmarks that are known; crops show it nothing new."""

    name = "known"

    def __init__(self, landmarks: Landmarks, shape: tuple[int, ...]) -> None:
        self._landmarks, self._shape = landmarks, shape

    def detect(self, grey: Frame) -> Landmarks | None:
        return self._landmarks if grey.shape == self._shape else None
