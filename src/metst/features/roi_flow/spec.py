"""The name under which ROI flow is cached: everything that changes its numbers."""

from dataclasses import asdict

import cv2

from metst.features.cache import FlowSpec
from metst.features.roi_flow.rois import ME_TST_ROIS, RoiSet
from metst.video.face import DlibDetector, LandmarkDetector

VERSION = 1
"""Raised whenever this package gives other numbers for the same frames."""


def flow_spec(
    k: int,
    detector: LandmarkDetector | None = None,
    rois: RoiSet = ME_TST_ROIS,
) -> FlowSpec:
    """Specification of ROI flow in windows of `k` frames; the detector is dlib's by default."""
    parameters = {
        "detector": (detector or DlibDetector()).name,
        "opencv": cv2.__version__,
        "rois": asdict(rois),
    }
    return FlowSpec("roi_flow", k, VERSION, parameters)
