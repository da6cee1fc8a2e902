"""Displacement curves of one face, followed from frame to frame on one core."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from metst.features.farneback import Flow, Pyramid, expand, flow_between
from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.crop import Face, cut, moved
from metst.features.roi_flow.layout import Layout
from metst.features.roi_flow.rois import Region, Roi, RoiSet
from metst.features.roi_flow.top_mean import top_mean
from metst.features.roi_flow.track import Features, Track, still
from metst.video import Frame

Vector = NDArray[np.float64]
"""Motion (x, y), in crop pixels."""

STILL = 1.0
"""Head motion, in crop pixels, that needs no alignment (authors' released code)."""

ALIGNMENTS = 3
"""Most moves of the crop box per frame (authors' released code)."""


def curves(tracks: Iterable[Track], rois: RoiSet) -> Iterator[tuple[Track, Features]]:
    """Each track with its motion (C, k), frames read as they are needed."""
    for track in tracks:
        yield track, displacement_curve(track, rois)


def displacement_curve(track: Track, rois: RoiSet) -> Features:
    """Motion of the ROIs from the first frame of a track to each one, the head's subtracted.

    Args:
        track: the frames and the face.
        rois: what is measured.

    Returns:
        float32 (C, k), in crop pixels; column 0 is zero. A ROI without a pixel in the crop, or of a
        track without a face, does not move (0).
    """
    if track.face is None:
        return still(track, rois)
    follower = Follower(track.first, track.face, rois)
    motions = np.zeros((track.length, len(rois.rois), 2))
    for column, frame in enumerate(track.frames, start=1):
        motions[column] = follower.motion(frame)
    return as_features(motions, follower.layout)


class Follower:
    """One face, followed from the image (H, W) that it was found in.

    Args:
        first: that image.
        face: where the face is in it.
        rois: what is measured.
    """

    def __init__(self, first: Frame, face: Face, rois: RoiSet) -> None:
        self.rois = rois
        self.layout, self._box = Layout(face.landmarks, rois), face.box
        self._first = _Crop(cut(first, face.box), self.layout)

    def motion(self, frame: Frame) -> Vector:
        """Motion of each ROI (M, 2) since the first image, the head's subtracted; (H, W) in."""
        crop, self._box, head = _follow_head(frame, self._box, self._first)
        return self._first.motions(crop, self.rois.rois) - head


def as_features(motions: Vector, layout: Layout) -> Features:
    """Features (C, k) from the motion of each ROI (k, M, 2)."""
    motions[:, [layout.areas[roi].empty for roi in layout.rois.rois]] = 0
    curve = motions.reshape(len(motions), layout.rois.channels).T  # (C, k)
    return np.ascontiguousarray(curve, np.float32)


class _Crop:
    """A face crop whose regions are expanded when they are first asked for.

    Attributes:
        flows: of the regions, from the first crop of the track to this one.
    """

    def __init__(self, pixels: Frame, layout: Layout) -> None:
        self.pixels, self.layout = pixels, layout
        self.flows: dict[Region, Flow] = {}
        self._expansions: dict[Region, Pyramid] = {}

    def motions(self, other: "_Crop", rois: tuple[Roi, ...]) -> Vector:
        """Motion of each ROI from here to another crop, (M, 2); zero without a pixel."""
        motions = np.zeros((len(rois), 2))
        for i, roi in enumerate(rois):
            area = self.layout.areas[roi]
            if not area.empty:
                flow = self._flow(other, roi.region)[:, *area.pixels]
                motions[i] = top_mean(flow, roi.share)
        return motions

    def _flow(self, other: "_Crop", region: Region) -> Flow:
        if region not in other.flows:  # regions are shared by ROIs
            other.flows[region] = flow_between(self._expansion(region), other._expansion(region))
        return other.flows[region]

    def _expansion(self, region: Region) -> Pyramid:
        if region not in self._expansions:
            self._expansions[region] = expand(self.pixels[self.layout.regions[region].pixels])
        return self._expansions[region]


def _follow_head(frame: Frame, box: Box, first: _Crop) -> tuple[_Crop, Box, Vector]:
    """Cut a frame so that the head is where it was in the first crop.

    Args:
        frame: the frame (H, W).
        box: where the head was before.
        first: the crop that flow is measured from.

    Returns:
        The crop, its box, and the head motion that remains.
    """
    layout = first.layout
    for alignment in range(ALIGNMENTS + 1):
        crop = _Crop(cut(frame, box), layout)
        head = first.motions(crop, (layout.rois.reference,))[0]  # (2,)
        if alignment == ALIGNMENTS or head @ head <= STILL**2:
            break
        box = follow(box, head, frame)
    return crop, box, head


def follow(box: Box, shift: Vector, frame: Frame) -> Box:
    """The box after a head motion (2,) in crop pixels.

    It moves by as many pixels of the frame, as in the authors' released code.
    """
    right, down = (round(motion) for motion in shift.tolist())
    return moved(box, right, down, frame)
