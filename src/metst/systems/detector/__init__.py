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
from metst.systems.detector.module import DetectorSystem

__all__ = [
    "CASME2_FAKES",
    "CASME3_FAKES",
    "CASME3_RANGES",
    "SAMM_FAKES",
    "STRIDES",
    "Design",
    "DetectorSystem",
    "Quirks",
    "Reduction",
    "on_flow",
]
