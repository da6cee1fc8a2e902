"""What LSSNet and LGSNet share: training, decoding, and the variation on ROI flow."""

from metst.systems.detector.decoder import Quirks
from metst.systems.detector.design import (
    CASME2_FAKES,
    CASME3_FAKES,
    CASME3_RANGES,
    SAMM_FAKES,
    STRIDES,
    Design,
    Reduction,
    on_flow,
)
from metst.systems.detector.module import DetectorSystem, FlowDetector

__all__ = [
    "CASME2_FAKES",
    "CASME3_FAKES",
    "CASME3_RANGES",
    "SAMM_FAKES",
    "STRIDES",
    "Design",
    "DetectorSystem",
    "FlowDetector",
    "Quirks",
    "Reduction",
    "on_flow",
]
