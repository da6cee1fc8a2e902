"""ROI optical flow: from frames to the windows that the network reads."""

from metst.features.roi_flow.engines import Engine
from metst.features.roi_flow.rois import ME_TST_ROIS, Around, Margins, Region, Roi, RoiSet
from metst.features.roi_flow.spec import flow_spec
from metst.features.roi_flow.track import Features
from metst.features.roi_flow.windows import (
    NoFaceError,
    Window,
    check_faces,
    extract_windows,
    iter_windows,
    stack,
)

__all__ = [
    "ME_TST_ROIS",
    "Around",
    "Engine",
    "Features",
    "Margins",
    "NoFaceError",
    "Region",
    "Roi",
    "RoiSet",
    "Window",
    "check_faces",
    "extract_windows",
    "flow_spec",
    "iter_windows",
    "stack",
]
