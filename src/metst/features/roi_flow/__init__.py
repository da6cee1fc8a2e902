"""ROI optical flow: from frames to the windows that the network reads."""

from metst.features.roi_flow.engines import Engine
from metst.features.roi_flow.feature import NO_FACE, RoiFlow, flow_entry
from metst.features.roi_flow.method import RELEASED, Alignment, Flow, Method, method_of
from metst.features.roi_flow.mirror import mirrored
from metst.features.roi_flow.regions import Around, Margins, Region
from metst.features.roi_flow.rois import ME_TST_ROIS, Roi, RoiSet, roi_set
from metst.features.roi_flow.track import Features
from metst.features.roi_flow.windows import (
    NoFaceError,
    Window,
    check_faces,
    iter_windows,
    stack,
)

__all__ = [
    "ME_TST_ROIS",
    "NO_FACE",
    "RELEASED",
    "Alignment",
    "Around",
    "Engine",
    "Features",
    "Flow",
    "Margins",
    "Method",
    "NoFaceError",
    "Region",
    "Roi",
    "RoiFlow",
    "RoiSet",
    "Window",
    "check_faces",
    "flow_entry",
    "iter_windows",
    "method_of",
    "mirrored",
    "roi_set",
    "stack",
]
