"""Displacement curves of one window: every flow is measured from the window's reference image."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from metst.face import Landmarks
from metst.roi_flow.boxes import Box
from metst.roi_flow.crop import CROP_SIZE, Face, cut, moved
from metst.roi_flow.farneback import Flow, expand, farneback, top_mean
from metst.roi_flow.rois import Region, Roi, RoiSet
from metst.video import Frame

Vector = NDArray[np.float64]
"""Motion (x, y), in crop pixels."""

STILL = 1.0
"""Head motion, in crop pixels, that needs no alignment (authors' released code)."""

ALIGNMENTS = 3
"""Most moves of the crop box per frame (authors' released code)."""


def displacement_curve(
    reference: Frame, frames: Iterable[Frame], k: int, face: Face, rois: RoiSet
) -> NDArray[np.float32]:
    """Motion of the ROIs from the reference frame to each frame of a window, the head's subtracted.

    Args:
        reference: frame (H, W) in which `face` was found.
        frames: frames 1 ... k - 1 of the window, each (H, W).
        k: frames per window.
        face: crop box and landmarks of the window.
        rois: what is measured.

    Returns:
        float32 (C, k), in crop pixels; column 0 is zero. A ROI without a pixel in the crop does not
        move (0).
    """
    layout = _Layout(cut(reference, face.box), face.landmarks, rois)
    curve = np.zeros((k, len(rois.rois), 2), np.float32)
    box = face.box
    for column, frame in enumerate(frames, start=1):
        crop, box, head = _follow_head(frame, box, layout)
        curve[column] = layout.motions(crop, rois.rois) - head
    curve[:, [layout.areas[roi].empty for roi in rois.rois]] = 0
    return curve.reshape(k, rois.channels).T.copy()  # (C, k)


class _Layout:
    """The reference image of a window and where on it the ROIs are."""

    def __init__(self, reference: Frame, landmarks: Landmarks, rois: RoiSet) -> None:
        self.head = rois.reference
        everything = (*rois.rois, rois.reference)
        self.regions: dict[Region, Box] = {
            roi.region: roi.region.box(landmarks).clip(CROP_SIZE, CROP_SIZE) for roi in everything
        }
        self.areas: dict[Roi, Box] = {
            roi: roi.area(self.regions[roi.region], landmarks) for roi in everything
        }
        self.expansions = {
            region: expand(reference[box.pixels])
            for region, box in self.regions.items()
            if not box.empty
        }

    def motions(self, crop: Frame, rois: tuple[Roi, ...]) -> Vector:
        """Motion of each ROI from the reference image to another crop; (R, 2)."""
        flows: dict[Region, Flow] = {}  # regions are shared by ROIs
        motions = np.zeros((len(rois), 2))
        for i, roi in enumerate(rois):
            area = self.areas[roi]
            if area.empty:
                continue
            if roi.region not in flows:
                flows[roi.region] = self._flow(crop, roi.region)
            motions[i] = top_mean(flows[roi.region][:, *area.pixels], roi.share)
        return motions

    def _flow(self, crop: Frame, region: Region) -> Flow:
        patch = crop[self.regions[region].pixels]
        return farneback(self.expansions[region], expand(patch))


def _follow_head(frame: Frame, box: Box, layout: _Layout) -> tuple[Frame, Box, Vector]:
    """Cut a frame so that the head is where it is in the reference image.

    The shift is measured in crop pixels and applied in frame pixels, as in the authors' released
    code; the moved box serves the rest of the window.

    Returns:
        The crop, its box, and the head motion that remains.
    """
    crop = cut(frame, box)
    head = layout.motions(crop, (layout.head,))[0]  # (2,)
    for _ in range(ALIGNMENTS):
        if head @ head <= STILL**2:
            break
        right, down = (round(motion) for motion in head.tolist())
        box = moved(box, right, down, frame)
        crop = cut(frame, box)
        head = layout.motions(crop, (layout.head,))[0]
    return crop, box, head
