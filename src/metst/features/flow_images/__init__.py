"""Flow images: flow and strain of pairs of frames, as MEAN, SOFTNet and STSTNet read them."""

from metst.features.flow_images.clips import onset_apex_flow
from metst.features.flow_images.face import SIDE, BoxDetector, Images
from metst.features.flow_images.feature import FaceBoxes, FlowImages
from metst.features.flow_images.images import (
    SHAPE,
    flow_mean,
    mean_channels,
    normalized,
    ranges,
    regions,
    softnet_raw,
    whole_face,
)

__all__ = [
    "SHAPE",
    "SIDE",
    "BoxDetector",
    "FaceBoxes",
    "FlowImages",
    "Images",
    "flow_mean",
    "mean_channels",
    "normalized",
    "onset_apex_flow",
    "ranges",
    "regions",
    "softnet_raw",
    "whole_face",
]
