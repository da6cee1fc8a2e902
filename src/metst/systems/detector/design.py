"""All that one detector differs in from another."""

from dataclasses import dataclass

from metst.network.detection import Geometry, LossRules, Shape
from metst.samples.boxes import Fake, WindowPlan

STRIDES = (8, 16, 32, 64)
"""Frames between the points of each level, with windows of 128 frames."""

CASME3_RANGES = ((0, 16), (8, 32), (12, 64), (32, 128))
"""Ranges of the levels for CAS(ME)^3, as LGSNet has them; see `Geometry`."""

CASME2_FAKES = Fake(0.75, 12, 36, 18), Fake(0.19, 36, 62, 54), Fake(0.06, 62, None, 93)
CASME3_FAKES = Fake(0.55, 15, 50, 18), Fake(0.26, 50, 75, 54), Fake(0.19, 75, None, 93)
SAMM_FAKES = Fake(0.92, 13, 23, 18), Fake(0.05, 23, 64, 35), Fake(0.03, 64, None, 96)
"""LGSNet's made-up intervals. Where onsets may lie for CAS(ME)^3 is not known: as for CAS(ME)^2."""


@dataclass(frozen=True)
class Reduction:
    """How overlapping candidates become few.

    Attributes:
        overlap: IoU above which two count as one.
        top: how many are kept of a video, before thresholds.
        by_class: those of two classes never count as one.
        least: candidates are fused, but for those with a lower score; None: the surest stay.
    """

    overlap: float
    top: int
    by_class: bool = False
    least: float | None = None


@dataclass(frozen=True)
class Design:
    """A detector and its rules.

    Attributes:
        shape: of the network.
        geometry: of its points and anchors.
        loss: rules of its losses.
        plan: how videos are cut.
        reduction: of candidates.
        most: intervals per video, of both kinds together.
    """

    shape: Shape
    geometry: Geometry
    loss: LossRules
    plan: WindowPlan
    reduction: Reduction
    most: int


def on_flow(shape: Shape) -> Design:
    """A detector of this shape on ROI flow, with rules that are ours: most are LGSNet's."""
    return Design(
        shape,
        Geometry(128, STRIDES, CASME3_RANGES),
        LossRules(weight=4.0, widest=5.0),
        WindowPlan(128, training=16, testing=8, fakes=CASME3_FAKES),
        Reduction(0.01, 30),
        most=14,
    )
