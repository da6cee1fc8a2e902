"""Displacement curves of several faces at once, followed in step, their flow computed in batches.

The same measurement as in `curve`, equal to rounding, for devices that want much work at a time.
Where the crop box goes depends on the frame before, so the faces advance one frame at a time, with
the head motion of all of them in one batch; the flow of the ROIs follows when all crops are known.

Frames are decoded and faces detected by a second thread meanwhile. dlib keeps other threads of its
process waiting, so a GPU is best shared by several worker processes.

Legend: W faces, N regions, F frames, M ROIs, H x W pixels.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from metst.features.farneback.batch import BatchedFarneback, Pyramid, frames_of
from metst.features.roi_flow.alignment import Vector, View, view
from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.curve import as_features
from metst.features.roi_flow.layout import Layout
from metst.features.roi_flow.method import Alignment
from metst.features.roi_flow.rois import RoiSet
from metst.features.roi_flow.track import Features, Track, still
from metst.video import Frame

BLOCK = 16
"""Faces followed in step: their frames, 17/2 windows of them, are in memory twice."""

REGIONS = 8
"""Regions whose flow is computed in one batch; about 1 GB with 50 frames of 200 x 80 pixels."""


def curves(
    tracks: Iterable[Track], rois: RoiSet, alignment: Alignment, device: str
) -> Iterator[tuple[Track, Features]]:
    """Each track with its motion (C, k); the next frames are read while some are measured."""
    for block in _ahead(_blocks(tracks)):
        seen = [track for track in block if track.face and track.length > 1]
        motions = _measure(seen, rois, alignment, torch.device(device)) if seen else []
        found = {id(track): motion for track, motion in zip(seen, motions, strict=True)}
        yield from ((t, found[id(t)] if id(t) in found else still(t, rois)) for t in block)


def _blocks(tracks: Iterable[Track]) -> Iterator[list[Track]]:
    """Tracks by the block, with their frames in memory."""
    read = (track.read() for track in tracks)
    while block := list(islice(read, BLOCK)):
        yield block


def _ahead(blocks: Iterator[list[Track]]) -> Iterator[list[Track]]:
    """The same blocks, each made by another thread while the one before is in use."""
    with ThreadPoolExecutor(1) as reader:
        following = reader.submit(next, blocks, None)
        while block := following.result():
            following = reader.submit(next, blocks, None)
            yield block


@torch.inference_mode()
def _measure(
    tracks: Sequence[Track], rois: RoiSet, alignment: Alignment, device: torch.device
) -> list[Features]:
    """Motion (C, k) of tracks that have a face."""
    layouts = [Layout(track.face.landmarks, rois) for track in tracks if track.face]
    crops, heads = _follow(tracks, layouts, alignment, device)  # heads (W, F, 2)
    motions = np.zeros((len(tracks), len(crops[0]), len(rois.rois), 2))  # (W, F, M, 2)
    for region in dict.fromkeys(roi.region for roi in rois.rois):
        for start in range(0, len(tracks), REGIONS):
            some = slice(start, start + REGIONS)
            regions = _Regions([layout.regions[region] for layout in layouts[some]], device)
            flow = regions.flow(crops[some])  # (N, F - 1, 2, H, W)
            for i, roi in enumerate(rois.rois):
                if roi.region == region:
                    areas = [layout.areas[roi] for layout in layouts[some]]
                    motions[some, 1:, i] = regions.top_means(areas, roi.share)(flow).cpu().numpy()
    return [
        as_features(motion[: track.length], layout)
        for motion, layout, track in zip(motions - heads[:, :, None], layouts, tracks, strict=True)
    ]


def _follow(
    tracks: Sequence[Track], layouts: Sequence[Layout], alignment: Alignment, device: torch.device
) -> tuple[list[list[Frame]], Vector]:
    """Crops of each track that follow its head, and the head motions to them (W, F, 2)."""
    length = max(track.length for track in tracks)
    views = [view(track.face, track.first, alignment) for track in tracks if track.face]
    crops = [[place.cut(track.first)] for track, place in zip(tracks, views, strict=True)]
    heads = _Heads(layouts, [c[0] for c in crops], device)
    motions = np.zeros((len(tracks), length, 2))
    images = [[track.first, *track.frames] for track in tracks]
    for column in range(1, length):
        # A shorter track stays at its last frame.
        frames = [own[min(column, len(own) - 1)] for own in images]
        found, motions[:, column] = heads.align(frames, views)
        for all_crops, crop in zip(crops, found, strict=True):
            all_crops.append(crop)
    return crops, motions


class _Heads:
    """The heads of several faces, and how far they are from where they were at first."""

    def __init__(
        self, layouts: Sequence[Layout], crops: Sequence[Frame], device: torch.device
    ) -> None:
        head = layouts[0].rois.reference
        self.regions = _Regions([layout.regions[head.region] for layout in layouts], device)
        areas = [layout.areas[head] for layout in layouts]
        self.means = self.regions.top_means(areas, head.share)
        self.first = self.regions.expand([[crop] for crop in crops])

    def align(self, frames: Sequence[Frame], views: list[View]) -> tuple[list[Frame], Vector]:
        """Cut a frame of each face so that its head is where it was at first; moves `views`.

        Returns:
            The crops, and the head motion that remains in each, (W, 2).
        """
        crops = [place.cut(frame) for frame, place in zip(frames, views, strict=True)]
        for step in range(views[0].steps + 1):
            after = self.regions.expand([[crop] for crop in crops])
            flow = self.regions.method.flow(self.first, after)  # (W, 1, 2, H, W)
            motion = self.means(flow)[:, 0].cpu().numpy()  # (W, 2)
            far = [i for i, head in enumerate(motion) if head @ head > views[i].still ** 2]
            if step == views[0].steps or not far:
                break
            for i in far:
                views[i] = views[i].follow(motion[i], frames[i])
                crops[i] = views[i].cut(frames[i])
        return crops, motion


class _Regions:
    """One region of each of several faces."""

    def __init__(self, boxes: Sequence[Box], device: torch.device) -> None:
        self.boxes, self.device = boxes, device
        # A region without a pixel is one pixel, which does not move.
        sizes = [(1, 1) if box.empty else (box.height, box.width) for box in boxes]
        self.extent = max(height for height, _ in sizes), max(width for _, width in sizes)
        self.method = BatchedFarneback(sizes, self.extent, device)

    def expand(self, crops: Sequence[Sequence[Frame]]) -> Pyramid:
        """Of F crops of each face."""
        patches = np.zeros((len(crops), len(crops[0]), *self.extent), np.uint8)  # (N, F, H, W)
        for face, own, box in zip(patches, crops, self.boxes, strict=True):
            if not box.empty:
                for patch, crop in zip(face, own, strict=True):
                    patch[: box.height, : box.width] = crop[box.pixels]
        return self.method.expand(torch.from_numpy(patches).to(self.device))

    def flow(self, crops: Sequence[Sequence[Frame]]) -> Tensor:
        """Flow (N, F - 1, 2, H, W) from the first crop to the others."""
        pyramid = self.expand(crops)
        return self.method.flow(frames_of(pyramid, slice(1)), frames_of(pyramid, slice(1, None)))

    def top_means(self, areas: Sequence[Box], share: float) -> "TopMeans":
        """What averages the longest vectors of one area of each region's flow."""
        return TopMeans(areas, share, self.extent, self.device)


class TopMeans:
    """`top_mean` of one area of each of N flow fields.

    Args:
        areas: the areas; may be empty.
        share: part of the vectors that is averaged.
        extent: height and width of the fields.
        device: where they are.
    """

    def __init__(
        self, areas: Sequence[Box], share: float, extent: tuple[int, int], device: torch.device
    ) -> None:
        outside = torch.ones(len(areas), *extent, dtype=torch.bool)
        for mask, area in zip(outside, areas, strict=True):
            if not area.empty:
                mask[area.pixels] = False
        sizes = [0 if area.empty else area.height * area.width for area in areas]
        counts = [size - int(size * (1 - share)) for size in sizes]
        self.most = max(*counts, 1)
        self.outside = outside[:, None].to(device)  # (N, 1, H, W)
        chosen = torch.arange(self.most) < torch.tensor(counts)[:, None]
        self.chosen = chosen[:, None, None].to(device)  # (N, 1, 1, L)
        self.counts = torch.tensor(counts, device=device).clamp(min=1)[:, None, None]  # (N, 1, 1)

    def __call__(self, flow: Tensor) -> Tensor:
        """Mean (x, y) of each field: (N, F, 2, H, W) -> float64 (N, F, 2); 0 for an empty area."""
        squares = flow.square().sum(2).masked_fill(self.outside, -1).flatten(2)  # (N, F, H W)
        longest = squares.topk(self.most).indices  # (N, F, L)
        both = longest[:, :, None].expand(-1, -1, 2, -1)
        vectors = flow.flatten(3).gather(3, both).double()  # (N, F, 2, L)
        return (vectors * self.chosen).sum(3) / self.counts
