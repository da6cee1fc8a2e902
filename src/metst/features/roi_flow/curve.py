"""Displacement curves of one face, followed from frame to frame on one core."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from metst.features import dis
from metst.features.farneback import Flow, expand, flow_between
from metst.features.roi_flow.alignment import Vector, View, view
from metst.features.roi_flow.crop import Face
from metst.features.roi_flow.layout import Layout
from metst.features.roi_flow.method import RELEASED, Method
from metst.features.roi_flow.method import Flow as FlowName
from metst.features.roi_flow.regions import Region
from metst.features.roi_flow.rois import Roi, RoiSet
from metst.features.roi_flow.top_mean import top_mean
from metst.features.roi_flow.track import Features, Track, still
from metst.video import Frame

Prepare = Callable[[Frame], Any]
Between = Callable[[Any, Any], Flow]

FLOWS: Mapping[FlowName, tuple[Prepare, Between]] = {
    "farneback": (expand, flow_between),
    "dis": (np.ascontiguousarray, dis.flow),
}
"""What is computed once per patch (H, W), and the flow (2, H, W) between two such results."""


def curves(
    tracks: Iterable[Track], rois: RoiSet, method: Method
) -> Iterator[tuple[Track, Features]]:
    """Each track with its motion (C, k), frames read as they are needed."""
    for track in tracks:
        yield track, displacement_curve(track, rois, method)


def displacement_curve(track: Track, rois: RoiSet, method: Method = RELEASED) -> Features:
    """Motion of the ROIs from the first frame of a track to each one, the head's subtracted.

    Args:
        track: the frames and the face.
        rois: what is measured.
        method: how.

    Returns:
        float32 (C, k), in crop pixels; column 0 is zero. Of a track without a face nothing moves.
    """
    if track.face is None:
        return still(track, rois)
    follower = Follower(track.first, track.face, rois, method)
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
        method: how.

    Attributes:
        view: where the face is now.
    """

    def __init__(self, first: Frame, face: Face, rois: RoiSet, method: Method = RELEASED) -> None:
        self.rois, self.layout = rois, Layout(face.landmarks, rois)
        self.view = view(face, first, method.alignment)
        self._first = _Crop(self.view.cut(first), self.layout, method.flow)

    def motion(self, frame: Frame) -> Vector:
        """Motion of each ROI (M, 2) since the first image, the head's subtracted; (H, W) in."""
        crop, self.view, head = _follow_head(frame, self.view, self._first)
        return self._first.motions(crop, self.rois.rois) - head


def as_features(motions: Vector, layout: Layout) -> Features:
    """Features (C, k) from the motion of each ROI (k, M, 2)."""
    if not layout.rois.against_head:
        motions[:, [layout.areas[roi].empty for roi in layout.rois.rois]] = 0
    curve = motions.reshape(len(motions), layout.rois.channels).T  # (C, k)
    return np.ascontiguousarray(curve, np.float32)


class _Crop:
    """A face crop whose regions are prepared when they are first asked for.

    Attributes:
        flows: of the regions, from the first crop of the track to this one.
    """

    def __init__(self, pixels: Frame, layout: Layout, flow: FlowName) -> None:
        self.pixels, self.layout, self.flow = pixels, layout, flow
        self.flows: dict[Region, Flow] = {}
        self._prepare, self._between = FLOWS[flow]
        self._prepared: dict[Region, Any] = {}

    def motions(self, other: "_Crop", rois: tuple[Roi, ...]) -> Vector:
        """Motion of each ROI from here to another crop, (M, 2); zero without a pixel."""
        motions = np.zeros((len(rois), 2))
        for i, roi in enumerate(rois):
            area = self.layout.areas[roi]
            if not area.empty:
                flow = self._flow(other, roi.region)[:, *area.pixels]
                rules = self.layout.rois
                motions[i] = top_mean(flow, roi.share, by_share=rules.by_share, polar=rules.polar)
        return motions

    def _flow(self, other: "_Crop", region: Region) -> Flow:
        if region not in other.flows:  # regions are shared by ROIs
            other.flows[region] = self._between(self._patch(region), other._patch(region))
        return other.flows[region]

    def _patch(self, region: Region) -> Any:  # noqa: ANN401 - what the method makes of a patch
        if region not in self._prepared:
            patch = self.pixels[self.layout.regions[region].pixels]
            self._prepared[region] = self._prepare(patch)
        return self._prepared[region]


def _follow_head(frame: Frame, place: View, first: _Crop) -> tuple[_Crop, View, Vector]:
    """Cut a frame so that the head is where it was in the first crop.

    Args:
        frame: the frame (H, W).
        place: where the head was before.
        first: the crop that flow is measured from.

    Returns:
        The crop, its place, and the head motion that remains.
    """
    layout = first.layout
    for step in range(place.steps + 1):
        crop = _Crop(place.cut(frame), layout, first.flow)
        head = first.motions(crop, (layout.rois.reference,))[0]  # (2,)
        if step == place.steps or head @ head <= place.still**2:
            break
        place = place.follow(head, frame)
    return crop, place, head
