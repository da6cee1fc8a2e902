"""Other faces, speeds and blind regions, for ROI flow.

Shapes: B samples, C channels (x and y of each region in order), T frames.
"""

import math

import numpy as np
import torch

from metst.base.settings import require
from metst.features.roi_flow import RoiSet, mirrored
from metst.samples.augmentations.base import Augmentation, Batch


class TimeWarp(Augmentation):
    """Plays each sample at a random speed; flow and targets keep together.

    Flow in a window is the displacement since its first frame, so that another speed moves its
    values in time and leaves their size. A slower sample ends earlier in the video; a faster one
    holds its last frame.

    Args:
        most: the highest speed; the lowest is its inverse, and logarithms are uniform.

    Raises:
        ConfigError: it is not above 1.
    """

    def __init__(self, most: float = 1.25) -> None:
        require("TimeWarp.most", most, 1 < most < math.inf, "a speed above 1")
        self.most = most

    def apply(self, batch: Batch, draw: np.random.Generator) -> Batch:
        """Flow by linear interpolation, targets of the nearest frame."""
        flow, spot, emotion = batch
        frames = flow.shape[2]
        speed = torch.from_numpy(self.most ** draw.uniform(-1, 1, len(flow))).float()
        at = (speed[:, None] * torch.arange(frames)).clamp(max=frames - 1)  # (B, T)
        before, nearest = at.floor().long(), at.round().long()
        after, share = (before + 1).clamp(max=frames - 1), (at - before)[:, None]  # (B, 1, T)
        low, high = (flow.gather(2, x[:, None].expand_as(flow)) for x in (before, after))
        warped = low.lerp(high, share)
        return warped, spot.gather(1, nearest), emotion.gather(1, nearest)


class ChannelDropout(Augmentation):
    """Takes random regions of each sample, x and y, to be at rest in all frames.

    Args:
        share: of the regions.

    Raises:
        ConfigError: it is none.
    """

    def __init__(self, share: float = 0.1) -> None:
        require("ChannelDropout.share", share, 0 < share < 1, "a share between 0 and 1")
        self.share = share

    def apply(self, batch: Batch, draw: np.random.Generator) -> Batch:
        """Targets stay."""
        flow, *targets = batch
        kept = torch.from_numpy(draw.random((len(flow), flow.shape[1] // 2)) >= self.share)
        return flow * kept.repeat_interleave(2, dim=1)[..., None], *targets


class MirroredFace(Augmentation):
    """Turns left into right in random samples: regions change sides, horizontal flow its sign.

    Args:
        share: of the samples.

    Raises:
        ConfigError: it is none.
    """

    def __init__(self, share: float = 0.5) -> None:
        require("MirroredFace.share", share, 0 < share <= 1, "a share above 0, at most 1")
        self.share = share

    def prepare(self, rois: RoiSet) -> None:
        """Find the other side of each region.

        Raises:
            ConfigError: one has none.
        """
        self._sides = torch.tensor(mirrored(rois))  # (C / 2,)

    def apply(self, batch: Batch, draw: np.random.Generator) -> Batch:
        """Targets stay."""
        flow, *targets = batch
        turned = torch.from_numpy(draw.random(len(flow)) < self.share)
        x, y = -flow[:, ::2][:, self._sides], flow[:, 1::2][:, self._sides]  # (B, C / 2, T)
        mirror = torch.stack([x, y], 2).flatten(1, 2)  # (B, C, T)
        return flow.where(~turned[:, None, None], mirror), *targets
