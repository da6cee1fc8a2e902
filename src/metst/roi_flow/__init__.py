"""ROI optical flow: from frames to the windows that the network reads."""

from metst.roi_flow.rois import ME_TST_ROIS, Around, Margins, Region, Roi, RoiSet
from metst.roi_flow.spec import flow_spec
from metst.roi_flow.windows import (
    Features,
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
