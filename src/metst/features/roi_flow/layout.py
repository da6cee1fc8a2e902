"""Where the ROIs of one face are in its crop."""

from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.crop import CROP_SIZE
from metst.features.roi_flow.regions import Region
from metst.features.roi_flow.rois import Roi, RoiSet
from metst.video.face import Landmarks


class Layout:
    """Boxes of regions and areas for the landmarks of a face.

    Attributes:
        regions: part of the crop in which the flow of a region is computed; may be empty.
        areas: part of its region's flow field that a ROI averages; may be empty.
    """

    def __init__(self, landmarks: Landmarks, rois: RoiSet) -> None:
        everything = (*rois.rois, rois.reference)
        self.rois = rois
        self.regions: dict[Region, Box] = {
            roi.region: roi.region.box(landmarks).clip(CROP_SIZE, CROP_SIZE) for roi in everything
        }
        self.areas: dict[Roi, Box] = {
            roi: roi.area(self.regions[roi.region], landmarks) for roi in everything
        }
