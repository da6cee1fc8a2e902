"""The detector of LSSNet and LGSNet: intervals in sequences of features, like boxes in images."""

from metst.network.detection.candidates import candidates, pooled
from metst.network.detection.geometry import Geometry
from metst.network.detection.heads import Outputs
from metst.network.detection.losses import LossRules, detection_loss
from metst.network.detection.network import Detector, Shape
from metst.network.detection.targets import NO_BOX, Boxes

__all__ = [
    "NO_BOX",
    "Boxes",
    "Detector",
    "Geometry",
    "LossRules",
    "Outputs",
    "Shape",
    "candidates",
    "detection_loss",
    "pooled",
]
