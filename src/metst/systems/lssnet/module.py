"""LSSNet as published, on I3D features, and our variation on ROI flow."""

from typing import Literal

from metst.features.i3d import CHANNELS
from metst.network.detection import Geometry, LossRules, Shape
from metst.samples import I3DSequences
from metst.samples.boxes import WindowPlan
from metst.systems.detector import (
    STRIDES,
    Design,
    DetectorSystem,
    FlowDetector,
    Quirks,
    Reduction,
    on_flow,
)

_LOSS = LossRules(windows_counted=False, clamped=False)
_REDUCTION = Reduction(0.2, 200, by_class=True)
_SAMM_WIDTHS = 512, 1024, 1024, 1024, 2048
_SAMM_STRIDES = 16, 32, 64, 128, 256
_SAMM_RANGES = (4, 32), (32, 64), (64, 128), (128, 256), (256, 1024)

DESIGNS = {
    "casme2": Design(
        Shape(64, 512, (512, 512, 1024, 1024), (1, 2, 2, 2), 512, 256, "local", (16, 2), False),
        Geometry(128, STRIDES, ((0, 8), (8, 32), (32, 64), (64, 128))),
        _LOSS,
        WindowPlan(128, training=32, testing=16),
        _REDUCTION,
        most=15,
    ),
    "samm": Design(
        Shape(512, 512, _SAMM_WIDTHS, (2,) * 5, 512, 256, "local", (64, 32, 4), False),
        Geometry(1024, _SAMM_STRIDES, _SAMM_RANGES),
        _LOSS,
        WindowPlan(1024, training=256, testing=128),
        _REDUCTION,
        most=70,
    ),
}

FLOW = on_flow(Shape(64, 128, (128, 128, 256, 256), (1, 2, 2, 2), 128, 16, "local", (16, 2), False))


class LSSNet(DetectorSystem):
    """Location suppression and scale network (2021; code without a licence).

    Published: F1 of micro-expressions on CAS(ME)^2 .0420, SAMM-LV .1310, CAS(ME)^3 .0653 (the last
    by others).

    Its input are I3D features (`metst.samples.I3DSequences`). Published: 30 epochs of 32 windows, a
    learning rate of 8e-4, of 5e-4 for SAMM-LV.

    Different from the published code: the script that cut its windows is missing, they are LGSNet's
    without fake intervals; its threshold is not known, `authors` has LGSNet's; SAMM-LV was read at
    40 frames/s, here it is at the data set's sub-sampled rate; thresholds of `strict` are fitted to
    a quarter of the training subjects, who are not trained on.

    Args:
        design: sizes and rules for `casme2` or `samm`.
        lr: learning rate after the warm-up.
        cold_start: see `DetectorSystem`.
        quirks: of the decoder `authors`.

    Raises:
        ConfigError: a learning rate that nothing can be learned with.
    """

    reads = I3DSequences

    def __init__(
        self,
        design: Literal["casme2", "samm"] = "casme2",
        lr: float = 8e-4,
        cold_start: bool = False,
        quirks: Quirks = Quirks(),  # noqa: B008
    ) -> None:
        super().__init__(CHANNELS, DESIGNS[design], lr, cold_start, quirks)


class LSSNetFlow(FlowDetector):
    """LSSNet-flow: our variation of LSSNet, small and on ROI flow. No score of it is published.

    Windows of 64 vectors (`metst.samples.FlowSequences`), with the ranges, losses and fake
    intervals that LGSNet has for CAS(ME)^3. A kind follows from the class, in `authors` too.
    """

    flow = FLOW
